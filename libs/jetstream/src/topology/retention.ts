import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamManager,
  jetstreamManager,
} from '@nats-io/jetstream';
import { millis } from '@nats-io/nats-core';
import type { Connection } from '../connection/connection.ts';
import { StreamMissingError } from '../errors.ts';
import type { Names } from '../naming.ts';
import { type ExpectedStep, type Hold, holdsOn } from './holds.ts';
import { firstFrom } from './stored.ts';

/** What may be purged. */
export interface PruneOptions {
  /** How old a message must be, in ms, more than 0. What is within the stream's duplicate window stays in any case. */
  readonly olderThanMs: number;
  /** The expected steps, as `choreography.lock` has them. Default: those that the manifests in the broker name. */
  readonly steps?: readonly ExpectedStep[] | undefined;
  /** Only tells what would be purged. Default false. */
  readonly dryRun?: boolean | undefined;
}

/** What was purged, and what keeps the rest. */
export interface Pruning {
  readonly stream: string;
  /** No message below this sequence is left; in a dry run, none would be. */
  readonly below: number;
  /** Messages that were purged. In a dry run those that would be, at most: some may be deleted already. */
  readonly messages: number;
  /** What keeps messages that are old enough, the one that keeps most first. Empty: none is kept. */
  readonly heldBy: readonly Hold[];
}

/**
 * Purges from EVENTS what is old enough and settled by every step: all below the lowest message that is younger, or that
 * some durable consumer of the stream has not settled. When an expected step lacks a consumer, or anything is in doubt,
 * nothing is purged. It may run at any time, twice at once too. Ages are by the broker's time of storing and the clock
 * here. It costs a question for each consumer, and some 20 to find the age.
 * @throws StreamMissingError when the environment has no streams
 */
export async function pruneEvents(
  connection: Connection,
  names: Names,
  { olderThanMs, steps, dryRun = false }: PruneOptions,
): Promise<Pruning> {
  if (!(olderThanMs > 0)) throw new RangeError(`olderThanMs takes milliseconds from 1, not ${olderThanMs}`);
  const manager = await jetstreamManager(await connection.connected(), { checkAPI: false });
  const stream = names.events;
  // Before the consumers are: what is stored after this is not looked at, and never purged.
  const { state, config } = await orMissing(manager.streams.info(stream), stream);
  const { first_seq: first, last_seq: last, consumer_count: consumers } = state;
  const before = Date.now() - Math.max(olderThanMs, millis(config.duplicate_window));
  const young = await firstStoredAt(manager, stream, before, { first, end: last + 1 });
  const holds = await orMissing(holdsOn(manager, names, { first, consumers }, steps), names.notices);
  const heldBy = holds.filter(({ from }) => from < young).sort((a, b) => a.from - b.from);
  const below = Math.max(first, Math.min(young, ...heldBy.map(({ from }) => from)));
  const most = Math.min(below - first, state.messages);
  if (dryRun || most === 0) return { stream, below, messages: most, heldBy };
  const { purged } = await manager.streams.purge(stream, { seq: below });
  return { stream, below, messages: purged, heldBy };
}

/** A sequence below which all was stored before `time` (ms since the epoch), and from which on nothing was. */
async function firstStoredAt(
  manager: JetStreamManager,
  stream: string,
  time: number,
  { first, end }: { readonly first: number; readonly end: number },
): Promise<number> {
  let [low, high] = [first, end];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const found = await firstFrom(manager, stream, middle);
    if (found === undefined || found.seq >= high || found.time.getTime() >= time) high = middle;
    else low = found.seq + 1;
  }
  return low;
}

async function orMissing<T>(asked: Promise<T>, stream: string): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound)
      throw new StreamMissingError(stream);
    throw error;
  }
}
