import type { StoredLetter } from '../evidence/dead-letters.ts';
import type { StoredEvent } from '../evidence/events.ts';
import type { Evidence } from '../evidence/evidence.ts';
import type { AcceptedOrder, OrderKind } from '../shopping.ts';
import type { Call, Deed } from '../world/calls.ts';
import { unfinishedFlows } from './ledger.ts';

const SUBSCRIPTIONS = [
  { step: 'payments/authorize', type: 'order.placed.v1' },
  { step: 'notifications/notify', type: 'order.placed.v1' },
  { step: 'shipping/dispatch', type: 'stock.reserved.v1' },
  { step: 'carrier/collect', type: 'parcel.dispatched.v1' },
];

/** What a run leaves behind: begins with nothing, and what is added is as it must be. */
export class History {
  readonly accepted: AcceptedOrder[] = [];
  readonly events: StoredEvent[] = [];
  readonly letters: StoredLetter[] = [];
  readonly calls: Call[] = [];
  readonly effects = new Map<string, Set<string>>(
    ['charge', 'refund', 'reserve', 'dispatch'].map((deed) => [deed, new Set()]),
  );
  readonly handled = new Set<string>();
  left: Evidence['left'] = { waiting: 0, inHand: 0, scheduled: 0 };
  outbox = 0;
  wrongStock: string[] = [];
  /** What the ledger calls unfinished; else what it must. */
  unfinished: string[] | undefined;

  get evidence(): Evidence {
    const { accepted, events, letters, calls, left, effects, handled, outbox, wrongStock } = this;
    const books = { effects, handled, outbox, wrongStock };
    const unfinished = this.unfinished ?? unfinishedFlows(accepted, events);
    return { accepted, events, letters, subscriptions: SUBSCRIPTIONS, left, calls, books, unfinished };
  }

  /** An order that went as its kind goes. */
  add(kind: OrderKind, orderId: string): this {
    this.accept(kind, orderId);
    this.store('order.placed.v1', orderId, `placed-${orderId}`);
    if (kind === 'poison') return this.setAside('payments/authorize', 'poison');
    this.handled.add(`payments/authorize /test placed-${orderId}`);
    if (kind === 'declined') return this.store('payment.declined.v1', orderId);
    this.done('charge', orderId, `pay_${orderId}`);
    if (kind === 'short') {
      this.done('refund', orderId, `ref_${orderId}`);
      return this.store('payment.refunded.v1', orderId);
    }
    this.done('reserve', orderId, `res_${orderId}`);
    this.store('stock.reserved.v1', orderId, `reserved-${orderId}`);
    this.handled.add(`shipping/dispatch /test reserved-${orderId}`);
    for (const warehouse of kind === 'two-parcels' ? ['east', 'west'] : ['east']) {
      const parcelId = `par_${orderId}_${warehouse}`;
      this.done('dispatch', orderId, parcelId);
      this.store('parcel.dispatched.v1', orderId, `dispatched-${parcelId}`, { parcelId });
      const end = kind === 'returned' ? 'parcel.returned.v1' : 'parcel.delivered.v1';
      this.store(end, orderId, `ended-${parcelId}`, { parcelId });
    }
    return this;
  }

  accept(kind: OrderKind, orderId: string): this {
    this.accepted.push({ orderId, flowId: `flow-${orderId}`, kind, acceptedAt: 1_000, tries: 1 });
    return this;
  }

  store(
    type: string,
    orderId: string,
    id = `${type}-${orderId}`,
    { mark, parcelId }: Partial<Pick<StoredEvent, 'mark' | 'parcelId'>> = {},
  ): this {
    const seq = this.events.length + 1;
    this.events.push({ seq, at: 1_000 + seq, id, source: '/test', type, orderId, parcelId, mark });
    return this;
  }

  /** The latest event, by a step. */
  setAside(step: string, reason: string): this {
    const { seq = 0, id = '', source = '' } = this.events.at(-1) ?? {};
    this.letters.push({
      step,
      reason,
      originalSeq: seq,
      source,
      id,
      message: 'why',
    });
    return this;
  }

  /** In the world and in the books. */
  done(deed: Deed, orderId: string, effect: string): this {
    this.calls.push({ at: 1_000, deed, key: effect, orderId, effect, repeated: false });
    this.effects.get(deed)?.add(effect);
    return this;
  }
}
