import type { StoredEvent } from '../evidence/events.ts';
import type { Evidence } from '../evidence/evidence.ts';
import { DELIVERED, DISPATCHED, RETURNED } from '../shopping.ts';
import type { Deed } from '../world/calls.ts';
import { ledgerDifferences, unfinishedFlows } from './ledger.ts';

/** Whatever was found that nothing explains, and whatever is missing that must be there. */
export function unaccountedMessages(evidence: Evidence): string[] {
  return [
    ...leftovers(evidence),
    ...unknownOrders(evidence),
    ...storedAgain(evidence),
    ...parcels(evidence),
    ...unsettled(evidence),
    ...letters(evidence),
    ...books(evidence),
    ...ledgerDifferences(evidence.unfinished, unfinishedFlows(evidence.accepted, evidence.events)),
  ];
}

/** Every message of a step that keeps an inbox is in it, or was set aside. */
function unsettled({ events, subscriptions, books, letters }: Evidence): string[] {
  const kept = new Set([...books.handled].map((line) => line.split(' ')[0]));
  const aside = new Set(letters.map(({ step, source, id }) => `${step} ${source} ${id}`));
  return subscriptions.flatMap(({ step, type }) => {
    if (!kept.has(step)) return []; // it has no inbox: what is left in the broker tells
    return events
      .filter((event) => event.type === type)
      .filter(({ source, id }) => {
        const name = `${step} ${source} ${id}`;
        return !books.handled.has(name) && !aside.has(name);
      })
      .map(({ seq, orderId }) => `${step} did not handle ${type} (${seq}) of order ${orderId}`);
  });
}

function leftovers({ left, books }: Evidence): string[] {
  const found: string[] = [];
  if (left === undefined) found.push('the broker did not say what is left in it');
  else if (left.waiting + left.inHand + left.scheduled > 0) {
    found.push(
      `the broker still holds work: ${left.waiting} wait, ${left.inHand} in hand, ${left.scheduled} scheduled`,
    );
  }
  if (books.outbox > 0) found.push(`${books.outbox} messages were never published from the outboxes`);
  return found;
}

function unknownOrders({ accepted, events, calls }: Evidence): string[] {
  const known = new Set(accepted.map(({ orderId }) => orderId));
  const inStream = events.filter(({ orderId, mark }) => mark !== 'broken' && !known.has(orderId));
  const inWorld = calls.filter(({ orderId }) => !known.has(orderId));
  return [
    ...inStream.map(
      ({ type, seq, orderId }) => `${type} (${seq}) belongs to order ${orderId}, which nobody placed`,
    ),
    ...inWorld.map(({ deed, orderId }) => `${deed} was called for order ${orderId}, which nobody placed`),
  ];
}

/** The stream stores a message once, in each of its majors; what the run copied itself does not count. */
function storedAgain({ events }: Evidence): string[] {
  const first = new Map<string, number>();
  return events
    .filter(({ mark }) => mark === undefined)
    .flatMap(({ source, id, type, seq }) => {
      const before = first.get(`${type} ${source} ${id}`);
      if (before === undefined) first.set(`${type} ${source} ${id}`, seq);
      return before === undefined ? [] : [`${type} (${seq}) is stored already (${before})`];
    });
}

/** The carrier brought every parcel that was dispatched, and no other. */
function parcels({ events }: Evidence): string[] {
  const sent = parcelsIn(events, DISPATCHED);
  const ended = parcelsIn(events, DELIVERED, RETURNED);
  const without = (some: ReadonlySet<string>, others: ReadonlySet<string>) =>
    [...some].filter((parcel) => !others.has(parcel));
  return [
    ...without(sent, ended).map(
      (parcel) => `parcel ${parcel} was dispatched, and neither delivered nor returned`,
    ),
    ...without(ended, sent).map((parcel) => `parcel ${parcel} came to its end, and was never dispatched`),
  ];
}

function parcelsIn(events: readonly StoredEvent[], ...types: readonly string[]): ReadonlySet<string> {
  return new Set(
    events.flatMap(({ type, mark, parcelId }) =>
      mark !== 'broken' && types.includes(type) ? (parcelId ?? []) : [],
    ),
  );
}

/** Each broken message is set aside once by each step that consumes its type, each poison once; and nothing else is. */
function letters({ events, letters, subscriptions, accepted }: Evidence): string[] {
  const found: string[] = [];
  const expected = new Map<string, number>();
  for (const broken of events.filter(({ mark }) => mark === 'broken'))
    for (const { step, type } of subscriptions)
      if (type === broken.type) expected.set(`${step} ${broken.seq} contract-invalid`, 0);
  const poisonous = new Set(accepted.filter(({ kind }) => kind === 'poison').map(({ orderId }) => orderId));
  for (const { seq, orderId, type } of events)
    if (type === ORDER_PLACED && poisonous.has(orderId)) expected.set(`payments/authorize ${seq} poison`, 0);
  for (const { step, originalSeq, reason, message } of letters) {
    const name = `${step} ${originalSeq} ${reason}`;
    const count = expected.get(name);
    if (count === undefined) found.push(`${step} set message ${originalSeq} aside: ${reason}, ${message}`);
    else expected.set(name, count + 1);
  }
  for (const [name, count] of expected)
    if (count !== 1) found.push(`expected one dead letter ${name}, found ${count}`);
  return found;
}

/** The type of what kills. */
const ORDER_PLACED = 'order.placed.v1';

/** What the apps wrote down is what the world did, and no piece of stock is gone. */
function books({ calls, books }: Evidence): string[] {
  const found = books.wrongStock.map(
    (sku) => `the stock of ${sku} is not what is left after the reservations`,
  );
  for (const deed of ['charge', 'reserve', 'dispatch', 'refund'] as const) {
    const done = doneIn(calls, deed);
    const written = books.effects.get(deed) ?? new Set();
    const count = (some: ReadonlySet<string>, others: ReadonlySet<string>) =>
      [...some].filter((effect) => !others.has(effect));
    if (deed === 'refund') {
      if (done.size !== written.size)
        found.push(`the world did ${done.size} refunds, the books have ${written.size}`);
      continue;
    }
    found.push(...count(done, written).map((effect) => `${deed} ${effect} was done, and is in no book`));
    found.push(
      ...count(written, done).map((effect) => `${deed} ${effect} is in the books, and was not done`),
    );
  }
  return found;
}

function doneIn(calls: Evidence['calls'], deed: Deed): ReadonlySet<string> {
  return new Set(calls.filter((call) => call.deed === deed).flatMap(({ effect }) => effect ?? []));
}
