import { durationOf } from '@troupe/jetstream';
import { type Asked, ProblemException, textsOf, wholeOf } from '@troupe/nest';
import { INSTANCE_STATUSES, type InstanceStatus } from '../record.ts';
import type { InstanceFilter, Place } from '../status/instances.ts';

const LONGEST_WAIT_MS = 60_000;
const MOST_LISTED = 200;
const LISTED = 50;
const MOST_BRANCHES_LISTED = 1_000;
const BRANCHES_LISTED = 100;

/** Which page of a list. */
export interface PageQuery {
  readonly filter: InstanceFilter;
  readonly limit: number;
  readonly after: Place | undefined;
}

/**
 * How long to wait for a change, in ms; undefined for not at all.
 * @throws ProblemException 400
 */
export function waitOf(asked: Asked): number | undefined {
  const { wait } = textsOf(asked, ['wait']);
  if (wait === undefined) return undefined;
  const ms = durationOf(wait);
  if (ms !== undefined && ms <= LONGEST_WAIT_MS) return ms;
  throw new ProblemException(400, `"wait" is a length of time such as 30s, 60s at most; none is "${wait}".`);
}

/** @throws ProblemException 400 */
export function pageOf(asked: Asked): PageQuery {
  const { status, state, limit, cursor } = textsOf(asked, ['status', 'state', 'limit', 'cursor']);
  return {
    filter: { status: status === undefined ? undefined : statusOf(status), state },
    limit: limitOf(limit, MOST_LISTED, LISTED),
    after: cursor === undefined ? undefined : placeOf(cursor),
  };
}

/**
 * Which branches of a fan-out: those after an index.
 * @throws ProblemException 400
 */
export function branchesOf(asked: Asked): { readonly after: number; readonly limit: number } {
  const { after, limit } = textsOf(asked, ['after', 'limit']);
  const index = wholeOf(after) ?? -1;
  if (Number.isNaN(index))
    throw new ProblemException(400, `"after" is the index of a branch; none is "${after}".`);
  return { after: index, limit: limitOf(limit, MOST_BRANCHES_LISTED, BRANCHES_LISTED) };
}

/** Where a page ended, for who asks for the following one. */
export function cursorOf({ startedAt, id }: Place): string {
  return Buffer.from(JSON.stringify([startedAt, id])).toString('base64url');
}

function placeOf(cursor: string): Place {
  const place = parsed(Buffer.from(cursor, 'base64url').toString());
  if (Array.isArray(place) && place.length === 2 && place.every((part) => typeof part === 'string')) {
    const [startedAt, id] = place as [string, string];
    return { startedAt, id };
  }
  throw new ProblemException(400, '"cursor" is none that an earlier answer gave.');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function statusOf(text: string): InstanceStatus {
  const status = INSTANCE_STATUSES.find((one) => one === text);
  if (status !== undefined) return status;
  throw new ProblemException(400, `A status is ${INSTANCE_STATUSES.join(', ')}; none is "${text}".`);
}

function limitOf(text: string | undefined, most: number, usual: number): number {
  const limit = wholeOf(text) ?? usual;
  if (limit >= 1 && limit <= most) return limit;
  throw new ProblemException(400, `"limit" is a whole number from 1 to ${most}; none is "${text}".`);
}
