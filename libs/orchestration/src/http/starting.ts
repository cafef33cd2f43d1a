import { createHash } from 'node:crypto';
import { newFlowId, type Producer, PublishTimeoutError } from '@troupe/jetstream';
import { BrokerUnavailableError, ProblemException } from '@troupe/nest';
import { NEVER_WRITTEN } from '../engine/bucket.ts';
import { keys } from '../engine/keys.ts';
import type { Orchestrations } from '../orchestrations.ts';
import type { InstanceRecord } from '../record.ts';
import type { Found } from '../status/records.ts';
import type { Face } from './face.ts';

/** How long a start that was taken is remembered if its event never comes to the orchestration. */
const ACCEPTED_FOR = '24h';
const LONGEST_ID = 255;

/** What starting needs. */
export interface Ground {
  readonly face: Face;
  readonly orchestrations: Orchestrations;
  readonly producer: Producer;
}

/**
 * Starts an instance: first a record that says so, for those who poll at once, then the event that begins it. With an
 * id from the body or an idempotency key, a repeat finds what the first began; a crash in between is healed by it, since
 * the event has the id of the instance and is stored once.
 * @throws ProblemException 422 when the id was used for another body, or is none; 409 when it was not begun here
 * @throws EffectsUnavailableError, BrokerUnavailableError and what else `Producer.send` throws: to be tried again
 */
export async function start(
  ground: Ground,
  body: object,
  idempotencyKey: string | undefined,
): Promise<Found> {
  const { face, orchestrations } = ground;
  const { bucket } = orchestrations;
  const named = idOf(face, body, idempotencyKey);
  const id = named ?? newFlowId();
  const record = acceptedRecord(face, id, named === undefined ? undefined : digestOf(body));
  const key = keys.instance(face.name, id);
  const held = named === undefined ? NOTHING : await bucket.get<InstanceRecord>(key);
  if (held.record !== undefined) {
    assertSame(held.record, record);
    // The answer to the first may be lost, and its event too; the stream takes one of an id.
    if (held.record.status === 'accepted') await begin(ground, id, body, async () => {});
    return orchestrations.find(face.name, id);
  }
  const revision = await bucket.put(key, record, held.revision, ACCEPTED_FOR);
  if (revision === undefined) return start(ground, body, idempotencyKey); // a twin was faster, and is found now
  await begin(ground, id, body, () => bucket.remove(key, revision));
  return { record, joins: [], etag: `W/"${revision}"`, isOver: false };
}

const NOTHING = { record: undefined, revision: NEVER_WRITTEN };

/** What was not begun is taken back, unless it may have begun: then a repeat heals it, or time removes it. */
async function begin(
  { face, producer }: Ground,
  id: string,
  body: object,
  takeBack: () => Promise<unknown>,
): Promise<void> {
  try {
    await producer.send(face.starts, body, { id, flowId: id });
  } catch (error) {
    const mayHaveBegun = error instanceof PublishTimeoutError || error instanceof BrokerUnavailableError;
    if (!mayHaveBegun) await takeBack().catch(() => {});
    throw error;
  }
}

/** Undefined when nothing tells a repeat from a second start. */
function idOf(face: Face, body: object, key: string | undefined): string | undefined {
  if (face.id === undefined) return key && digest(`${face.name} ${key}`);
  const id: unknown = face.id(body as never);
  if (typeof id === 'string' && id !== '' && id.length <= LONGEST_ID) return id;
  throw new ProblemException(
    422,
    `The id of a ${face.name} is 1 to ${LONGEST_ID} characters; the body gives another one.`,
  );
}

function assertSame(held: InstanceRecord, asked: InstanceRecord): void {
  const { orchestration, id } = asked;
  if (held.bodyDigest === undefined) {
    throw new ProblemException(
      409,
      `${orchestration} "${id}" was begun already, and not by a request like this.`,
    );
  }
  if (held.bodyDigest !== asked.bodyDigest) {
    throw new ProblemException(
      422,
      `${orchestration} "${id}" was begun with another body. A new one needs a new id.`,
    );
  }
}

function acceptedRecord(face: Face, id: string, bodyDigest: string | undefined): InstanceRecord {
  const now = new Date().toISOString();
  return {
    orchestration: face.name,
    version: face.version,
    id,
    revision: 0,
    status: 'accepted',
    snapshot: null,
    handled: [],
    deferred: [],
    commands: [],
    fanOuts: [],
    timers: [],
    pending: [],
    problems: [],
    startedAt: now,
    updatedAt: now,
    ...(bodyDigest !== undefined && { bodyDigest }),
  };
}

/** The same for bodies that say the same, whatever the order of their fields. */
function digestOf(body: object): string {
  const sorted = (_: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value;
  return digest(JSON.stringify(body, sorted));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}
