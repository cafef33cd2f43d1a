import type { AcceptedOrder } from '../shopping.ts';
import type { Stage } from '../stage.ts';
import { ledgerDifferences, unfinishedFlows } from '../verdict/ledger.ts';
import type { Call } from '../world/calls.ts';
import { type Books, readBooks } from './books.ts';
import type { Backlog, Subscription } from './consumers.ts';
import { readSubscriptions } from './consumers.ts';
import { readDeadLetters, type StoredLetter } from './dead-letters.ts';
import { readEvents, type StoredEvent } from './events.ts';
import { readUnfinished } from './unfinished.ts';

/** All that a verdict is found from. */
export interface Evidence {
  readonly accepted: readonly AcceptedOrder[];
  readonly events: readonly StoredEvent[];
  readonly letters: readonly StoredLetter[];
  readonly subscriptions: readonly Subscription[];
  /** What never got done; undefined when the broker did not say. */
  readonly left: Backlog | undefined;
  readonly calls: readonly Call[];
  readonly books: Books;
  /** What the ledger calls unfinished, as `<flow> <state>`. */
  readonly unfinished: readonly string[];
}

export async function gather(
  { brokers, databases, world, console }: Stage,
  accepted: readonly AcceptedOrder[],
  left: Backlog | undefined,
): Promise<Evidence> {
  const [events, letters, subscriptions, calls, books] = await Promise.all([
    readEvents(brokers),
    readDeadLetters(brokers),
    readSubscriptions(brokers),
    world.calls(),
    readBooks(databases),
  ]);
  const expected = unfinishedFlows(accepted, events);
  const unfinished = await readUnfinished(console, (said) => ledgerDifferences(said, expected).length === 0);
  return { accepted, events, letters, subscriptions, left, calls, books, unfinished };
}
