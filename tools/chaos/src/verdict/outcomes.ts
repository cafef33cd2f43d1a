import type { StoredEvent } from '../evidence/events.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { AcceptedOrder } from '../shopping.ts';
import { DECLINED, DELIVERED, EXPECTED_ENDS, REFUNDED, RETURNED } from '../shopping.ts';

/** How the accepted orders ended. */
export interface Outcomes {
  readonly exactlyOnce: number;
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  /** When an order had its whole outcome, milliseconds since 1970. */
  readonly outcomeAt: ReadonlyMap<string, number>;
}

const ENDS: ReadonlySet<string> = new Set([DELIVERED, RETURNED, DECLINED, REFUNDED]);

/** Each accepted order must have the events that its kind ends with, and no end beside them. */
export function outcomesOf({ accepted, events, letters }: Evidence): Outcomes {
  const ends = endsByOrder(events);
  const poisoned = new Set(letters.filter(({ reason }) => reason === 'poison').map(({ id }) => id));
  const setAside = new Set(events.filter(({ id }) => poisoned.has(id)).map(({ orderId }) => orderId));
  const lost: string[] = [];
  const doubled: string[] = [];
  const outcomeAt = new Map<string, number>();
  let exactlyOnce = 0;
  for (const order of accepted) {
    const found = ends.get(order.orderId) ?? [];
    const expected = EXPECTED_ENDS[order.kind];
    const hit = expected === undefined ? [] : found.filter(({ type }) => type === expected.type);
    const whole = expected === undefined ? setAside.has(order.orderId) : hit.length >= expected.count;
    const once = found.length === (expected?.count ?? 0);
    if (!whole) lost.push(`${nameOf(order)} has ${listOf(found)}`);
    else if (!once) doubled.push(`${nameOf(order)} has ${listOf(found)}`);
    else exactlyOnce++;
    if (whole && hit.length > 0) outcomeAt.set(order.orderId, Math.max(...hit.map(({ at }) => at)));
  }
  return { exactlyOnce, lost, doubled, outcomeAt };
}

/** The first of each: an event that is stored again is the same event. */
function endsByOrder(events: readonly StoredEvent[]): Map<string, StoredEvent[]> {
  const ends = new Map<string, StoredEvent[]>();
  const seen = new Set<string>();
  for (const event of events) {
    const identity = `${event.source} ${event.id}`;
    if (!ENDS.has(event.type) || seen.has(identity)) continue;
    seen.add(identity);
    const ofOrder = ends.get(event.orderId);
    if (ofOrder === undefined) ends.set(event.orderId, [event]);
    else ofOrder.push(event);
  }
  return ends;
}

function nameOf({ orderId, kind }: AcceptedOrder): string {
  return `order ${orderId} (${kind})`;
}

function listOf(ends: readonly StoredEvent[]): string {
  return ends.length === 0 ? 'no outcome' : ends.map(({ type, seq }) => `${type} (${seq})`).join(', ');
}
