import type { Connection } from '../connection/connection.ts';
import { brokerOf } from '../dead-letters/broker.ts';
import { Bucket } from '../dead-letters/bucket.ts';
import { Marks } from '../dead-letters/mark.ts';
import { Operations } from '../dead-letters/operations.ts';
import type { Names } from '../naming.ts';
import { beforeWindow } from './age.ts';
import { pruneDeadLetters } from './dead-letters.ts';
import { pruneDelayed } from './delayed.ts';
import { pruneEvents } from './events.ts';
import type { ExpectedStep, Hold } from './holds.ts';
import { orMissing } from './stored.ts';

/** What may be purged. */
export interface PruneOptions {
  /** How old a message must be, in ms, more than 0. What is within its stream's duplicate window stays in any case. */
  readonly olderThanMs: number;
  /** The expected steps, as `choreography.lock` has them. Default: those that the manifests in the broker name. */
  readonly steps?: readonly ExpectedStep[] | undefined;
  /** Only tells what would be purged. Default false. */
  readonly dryRun?: boolean | undefined;
}

/** What was purged of one stream, and what keeps the rest. */
export interface Pruning {
  readonly stream: string;
  /** Messages that were purged. In a dry run those that would be, at most: some may be deleted already. */
  readonly messages: number;
  /** What keeps messages that are old enough, the one that keeps most first. Empty: none is kept. */
  readonly heldBy: readonly Hold[];
}

/**
 * Purges what is old enough and dealt with: EVENTS first, then each app's DELAYED, then DEAD_LETTERS; gives a record of
 * each. What stands in the other streams is about messages of EVENTS, and stays as long as anything of EVENTS that is
 * older. When anything is in doubt, nothing is purged. It may end at any moment and run at any time, twice at once too:
 * the next one goes on. Ages are by the broker's time of storing and the clock here.
 * @throws StreamMissingError when the environment has no streams
 */
export async function prune(
  connection: Connection,
  names: Names,
  { olderThanMs, steps, dryRun = false }: PruneOptions,
): Promise<Pruning[]> {
  if (!(olderThanMs > 0)) throw new RangeError(`olderThanMs takes milliseconds from 1, not ${olderThanMs}`);
  const broker = await brokerOf(await connection.connected());
  const { before, ...events } = await pruneEvents(broker.manager, names, {
    before: Date.now() - olderThanMs,
    steps,
    dryRun,
  });
  const letters = await orMissing(broker.manager.streams.info(names.deadLetters), names.deadLetters);
  const bucket = await Bucket.open(broker, names, letters.config.num_replicas);
  const operations = new Operations(bucket);
  const delayed = await pruneDelayed(broker.manager, names, { before, dryRun, operations });
  const marks = new Marks(bucket);
  const closed = await pruneDeadLetters(broker, names, {
    before: beforeWindow(letters, before),
    dryRun,
    operations,
    marks,
  });
  return [events, ...delayed, closed];
}
