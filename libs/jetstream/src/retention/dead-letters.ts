import { JetStreamApiError } from '@nats-io/jetstream';
import type { Broker } from '../dead-letters/broker.ts';
import { readLetter } from '../dead-letters/letter.ts';
import { Letters } from '../dead-letters/letters.ts';
import { type ListedLetter, Listing } from '../dead-letters/listed-letter.ts';
import { type Marks, stateOf } from '../dead-letters/mark.ts';
import type { Operations } from '../dead-letters/operations.ts';
import type { Names } from '../naming.ts';
import type { Hold } from './holds.ts';
import type { Pruning } from './prune.ts';
import { removeRecords } from './records.ts';
import { isStored } from './stored.ts';

/** What may be purged: letters that were stored and closed before a time, in ms since the epoch. */
interface Options {
  readonly before: number;
  readonly dryRun: boolean;
  readonly marks: Marks;
  readonly operations: Operations;
}

/**
 * Purges dead letters that are closed: archived, redriven with success, or failed again as a letter that is. An open one
 * is never purged. A letter's mark says that it goes before it does, so that nobody restores or redrives it meanwhile,
 * and outlives it, so that a broker which forgot the purge in a crash shows no closed letter as open. Of the letters that
 * may go the youngest stays: the ledger takes for known what is younger than the first letter.
 */
export async function pruneDeadLetters(broker: Broker, names: Names, options: Options): Promise<Pruning> {
  const { before, dryRun, marks, operations } = options;
  const stream = names.deadLetters;
  const letters = new Letters(broker, names);
  const listing = new Listing(marks, operations);
  const letterAt = async (seq: number): Promise<ListedLetter | undefined> =>
    (await isStored(broker.manager, stream, seq))
      ? listing.of(readLetter(await letters.stored(seq)))
      : undefined;
  const open: ListedLetter[] = [];
  let opened = 0;
  let messages = 0;
  let youngest: ListedLetter | undefined;
  for await (const page of letters.matching({ until: new Date(before).toISOString() })) {
    const listed = await Promise.all(page.map((letter) => listing.of(letter)));
    const closed = await Promise.all(listed.map((letter) => closedAt(letter, letterAt)));
    const old = listed.filter((_, i) => (closed[i] ?? Number.POSITIVE_INFINITY) < before);
    const unclosed = listed.filter((_, i) => closed[i] === undefined);
    opened += unclosed.length;
    open.push(...unclosed.slice(0, 1 - open.length));
    const going = [...(youngest === undefined ? [] : [youngest]), ...old];
    youngest = going.pop();
    const gone = dryRun
      ? going.map(() => true)
      : await Promise.all(going.map((letter) => purge(broker, stream, marks, letter)));
    messages += gone.filter(Boolean).length;
  }
  if (!dryRun) await removeRecords(broker.manager, stream, options);
  return { stream, messages, heldBy: open.map((first) => lettersOpen(first, opened)) };
}

/**
 * When a letter was dealt with, in ms since the epoch; undefined when it is not: it is open, or its redrive is not
 * answered yet. A letter that failed again is dealt with when the letter that it became is.
 */
async function closedAt(
  { archived, redrives, state }: ListedLetter,
  letterAt: (seq: number) => Promise<ListedLetter | undefined>,
): Promise<number | undefined> {
  if (state === 'purged') return 0;
  if (archived !== undefined) return Date.parse(archived.at);
  const last = redrives.at(-1);
  if (last === undefined || last.result === 'pending') return undefined;
  const next = last.failedAs === undefined ? undefined : await letterAt(last.failedAs);
  return next === undefined ? Date.parse(last.at) : closedAt(next, letterAt);
}

/** False when somebody dealt with the letter otherwise meanwhile. */
async function purge(
  { manager }: Broker,
  stream: string,
  marks: Marks,
  { seq, state, redrives }: ListedLetter,
): Promise<boolean> {
  const { purgedAt } = await marks.change(seq, (mark) => {
    const isAsListed = stateOf(mark) === state && mark.redrives.length === redrives.length;
    return isAsListed && state !== 'purged' ? { ...mark, purgedAt: new Date().toISOString() } : undefined;
  });
  if (purgedAt === undefined) return false;
  try {
    return await manager.streams.deleteMessage(stream, seq, false);
  } catch (error) {
    const isGone = error instanceof JetStreamApiError && !(await isStored(manager, stream, seq));
    if (isGone) return false; // somebody else was faster
    throw error;
  }
}

function lettersOpen({ seq: from, at: since }: ListedLetter, count: number): Hold {
  const which = count === 1 ? `Dead letter ${from} is` : `${count} dead letters, from ${from} on, are`;
  const sentence = `${which} not dealt with: redrive or archive what is open, and resume redrives that wait.`;
  return { reason: 'letters-open', from, since, sentence };
}
