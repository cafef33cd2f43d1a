import type { JetStreamManager } from '@nats-io/jetstream';
import type { Mark, Marks } from '../dead-letters/mark.ts';
import type { Operation } from '../dead-letters/operation.ts';
import type { Operations } from '../dead-letters/operations.ts';
import { isStored } from './stored.ts';

interface Records {
  readonly marks: Marks;
  readonly operations: Operations;
  /** What changed since then stays, in ms since the epoch. */
  readonly before: number;
}

/** Removes the marks of letters that are gone, and finished operations that no mark names any more. */
export async function removeRecords(
  manager: JetStreamManager,
  stream: string,
  { marks, operations, before }: Records,
): Promise<void> {
  const { first_seq: first } = (await manager.streams.info(stream)).state;
  const named = new Set<string>();
  for await (const { seq, value: mark, revision } of marks.all()) {
    const isGone = seq < first || (mark.purgedAt !== undefined && !(await isStored(manager, stream, seq)));
    const isOld = Date.parse(mark.purgedAt ?? '') < before;
    if (isGone && (isOld || mark.purgedAt === undefined)) await marks.remove({ seq, revision });
    else for (const operation of namedBy(mark)) named.add(operation);
  }
  for await (const { value, revision } of operations.entries()) {
    if (isOver(value) && Date.parse(value.updatedAt) < before && !named.has(value.id))
      await operations.remove({ value, revision });
  }
}

function namedBy({ redrives, archived, restoredBy }: Mark): string[] {
  const others = [archived?.operation, restoredBy].filter((operation) => operation !== undefined);
  return [...redrives.map(({ operation }) => operation), ...others];
}

function isOver({ state }: Operation): boolean {
  return state === 'done' || state === 'stopped';
}
