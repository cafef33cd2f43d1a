import { describe, expect, it } from 'vitest';
import { History } from './history.spec.support.ts';
import { isClean, verdictOf } from './verdict.ts';

const verdictAbout = (history: History) => verdictOf(history.evidence);

/** An order of each kind. */
function everything(): History {
  return new History()
    .add('one-parcel', 'o1')
    .add('two-parcels', 'o2')
    .add('declined', 'o3')
    .add('short', 'o4')
    .add('poison', 'o5')
    .add('returned', 'o6');
}

it('finds nothing wrong where each order ended once, in its own way', () => {
  const verdict = verdictAbout(everything());
  expect(verdict).toMatchObject({ accepted: 6, exactlyOnce: 6, lost: [], doubled: [], unaccounted: [] });
  expect(isClean(verdict)).toBe(true);
});

it('takes the time of the last parcel for that of the outcome', () => {
  const { events } = everything().evidence;
  const last = events.findLast(({ orderId }) => orderId === 'o2');
  expect(verdictAbout(everything()).outcomeAt.get('o2')).toBe(last?.at);
});

it('does not mind an event that the run copied, nor a call that comes again with its key', () => {
  const history = everything();
  history.store('payment.declined.v1', 'o3', 'payment.declined.v1-o3', { mark: 'copy' });
  const [call] = history.calls;
  if (call !== undefined) history.calls.push({ ...call, repeated: true });
  expect(isClean(verdictAbout(history))).toBe(true);
});

it('expects a broken message to be set aside once by each step that consumes its type', () => {
  const broken = () => new History().store('order.placed.v1', '17', 'broken-1', { mark: 'broken' });
  const both = broken()
    .setAside('payments/authorize', 'contract-invalid')
    .setAside('notifications/notify', 'contract-invalid');
  expect(isClean(verdictAbout(both))).toBe(true);
  expect(verdictAbout(broken().setAside('payments/authorize', 'contract-invalid')).unaccounted).toEqual([
    'expected one dead letter notifications/notify 1 contract-invalid, found 0',
  ]);
  expect(verdictAbout(both.setAside('payments/authorize', 'contract-invalid')).unaccounted).toEqual([
    'expected one dead letter payments/authorize 1 contract-invalid, found 2',
  ]);
});

describe('lost', () => {
  it('is an order without an outcome', () => {
    const history = new History().accept('declined', 'o1').store('order.placed.v1', 'o1', 'p');
    expect(verdictAbout(history)).toMatchObject({
      exactlyOnce: 0,
      lost: ['order o1 (declined) has no outcome'],
    });
  });

  it('is an order of which one of two parcels is missing', () => {
    const history = new History().add('two-parcels', 'o1');
    history.events.pop();
    expect(verdictAbout(history).lost).toEqual(['order o1 (two-parcels) has parcel.delivered.v1 (4)']);
  });

  it('is a poisonous order that was not set aside', () => {
    const history = new History().add('poison', 'o1');
    history.letters.pop();
    expect(verdictAbout(history).lost).toEqual(['order o1 (poison) has no outcome']);
  });
});

describe('doubled', () => {
  it('is an order with a second outcome', () => {
    const history = new History().add('one-parcel', 'o1').store('payment.refunded.v1', 'o1');
    expect(verdictAbout(history).doubled).toEqual([
      'order o1 (one-parcel) has parcel.delivered.v1 (4), payment.refunded.v1 (5)',
    ]);
  });

  it('is a charge under a second key', () => {
    const history = new History().add('one-parcel', 'o1').done('charge', 'o1', 'pay_again');
    expect(verdictAbout(history).doubled).toEqual([
      'order o1 (one-parcel): charge was done 2 times instead of 1',
    ]);
  });

  it('is a charge of a poisonous order', () => {
    const history = new History().add('poison', 'o1').done('charge', 'o1', 'pay_o1');
    expect(verdictAbout(history).doubled).toHaveLength(1);
  });
});

describe('unaccounted for', () => {
  const complaints: [string, (history: History) => void, RegExp][] = [
    [
      'work that the broker still holds',
      (h) => {
        h.left = { waiting: 1, inHand: 2, scheduled: 3 };
      },
      /1 wait, 2 in hand, 3 scheduled/,
    ],
    [
      'a broker that does not say what it holds',
      (h) => {
        h.left = undefined;
      },
      /did not say/,
    ],
    [
      'an outbox that was not emptied',
      (h) => {
        h.outbox = 2;
      },
      /2 messages were never published/,
    ],
    [
      'an event of an order that nobody placed',
      (h) => h.store('payment.declined.v1', 'o9'),
      /o9, which nobody placed/,
    ],
    [
      'a call for an order that nobody placed',
      (h) => h.done('charge', 'o9', 'pay_o9'),
      /o9, which nobody placed/,
    ],
    [
      'a parcel that the carrier never brought',
      (h) => h.store('parcel.dispatched.v1', 'o1', 'another', { parcelId: 'par_x' }),
      /parcel par_x was dispatched, and neither delivered nor returned/,
    ],
    ['an event that is stored twice', (h) => h.store('payment.declined.v1', 'o3'), /is stored already/],
    [
      'a message that a step neither handled nor set aside',
      (h) => h.handled.delete('payments/authorize /test placed-o1'),
      /payments\/authorize did not handle order.placed.v1 \(1\)/,
    ],
    [
      'a dead letter that nobody expects',
      (h) => h.setAside('payments/authorize', 'retries-exhausted'),
      /retries-exhausted, why/,
    ],
    [
      'a charge that is in no book',
      (h) => h.effects.get('charge')?.delete('pay_o1'),
      /charge pay_o1 was done, and is in no book/,
    ],
    [
      'a parcel in the books that was not dispatched',
      (h) => h.effects.get('dispatch')?.add('par_x'),
      /dispatch par_x is in the books/,
    ],
    ['a refund that is in no book', (h) => h.effects.get('refund')?.clear(), /1 refunds, the books have 0/],
    [
      'stock that is gone',
      (h) => {
        h.wrongStock = ['TENT-2P'];
      },
      /the stock of TENT-2P/,
    ],
    [
      'a flow that the ledger calls stalled',
      (h) => {
        h.unfinished = ['flow-o5 failed', 'flow-o1 stalled'];
      },
      /the ledger calls flow flow-o1 stalled, which it is not/,
    ],
    [
      'a failed flow that the ledger calls completed',
      (h) => {
        h.unfinished = [];
      },
      /the ledger does not call flow flow-o5 failed/,
    ],
  ];

  it.each(complaints)('is %s', (_what, happen, complaint) => {
    const history = everything();
    happen(history);
    expect(verdictAbout(history).unaccounted).toEqual([expect.stringMatching(complaint)]);
  });
});
