import { Names } from '@troupe/jetstream';
import { describe, expect, it } from 'vitest';
import { answer, message, registered } from '../conformance/stage.ts';
import { SHOP } from '../shop.spec.support.ts';
import type { Choreography } from './choreography.ts';
import { Expectations, type Registered } from './expectation.ts';
import type { Flow } from './flow.ts';
import { type Asked, isCompleted, judge } from './judge.ts';
import type { FlowRecord } from './record.ts';

const PLACED_AT = 10_001;
const PAYING = registered({ delivered: 10 });
const SHIPPING: Registered = {
  durable: {
    ...registered({ n: 2, delivered: 10 }).durable,
    step: 'shipping__dispatch',
    app: 'shipping',
    subject: 'evt.payment.authorized.v1',
  },
  emits: ['parcel.dispatched.v1'],
  within: undefined,
};
const placed = message(1, { id: 'placed' });
const paid = message(2, {
  id: 'paid',
  type: 'payment.authorized.v1',
  subject: 'evt.payment.authorized.v1',
  cause: 'placed',
  source: '/payments/authorize',
  emittedBy: 'payments__authorize',
  app: 'payments',
});
const shipped = message(3, {
  id: 'shipped',
  type: 'parcel.dispatched.v1',
  subject: 'evt.parcel.dispatched.v1',
  cause: 'paid',
  source: '/shipping/dispatch',
  emittedBy: 'shipping__dispatch',
  app: 'shipping',
});
const paidFor = answer(1);
const shippedFor = answer(2, { answer: 'ack' });
const WHOLE = { messages: [placed, paid, shipped], evidence: [paidFor, { ...shippedFor, durable: 2 }] };

describe('a flow', () => {
  it('is completed when its end is reached and every step is done', () => {
    expect(judged(WHOLE)).toMatchObject({ state: 'completed', end: 'parcel.dispatched.v1', reasons: [] });
  });

  it('is completed while a message to one step alone waits', () => {
    const wake = message(4, { id: 'wake', type: 'payment.wake.v1', target: 'payments__authorize' });
    expect(judged({ ...WHOLE, messages: [...WHOLE.messages, wake] }).state).toBe('completed');
  });

  it('is running while an end is reached and a step is not done', () => {
    expect(judged({ ...WHOLE, evidence: [paidFor] }).state).toBe('running');
  });

  it('is running when every step is done and no end is reached', () => {
    const flow = judged({ messages: [placed], evidence: [paidFor] });
    expect(flow).toMatchObject({ state: 'running', end: undefined });
    expect(flow.sentence).toMatch(/^Flow f waits for its next message; order\.placed\.v1 .+ ago\.$/);
  });

  it('is not called completed before the broker was asked for its consumers, nor when it is cut', () => {
    expect(judged({ ...WHOLE, census: 2 }).state).toBe('running');
    expect(judged({ ...WHOLE, truncated: true }).state).toBe('running');
  });

  it('is completed without a declared end when it is declared nowhere', () => {
    const undeclared = { ...SHOP, apps: [] };
    expect(judged({ messages: [placed], evidence: [paidFor] }, { choreography: undeclared }).state).toBe(
      'completed',
    );
  });

  it('is stalled when a step did not answer in time, which is named with what is missing', () => {
    const flow = judged({ messages: [placed] }, { now: PLACED_AT + 35_000 });
    expect(flow.state).toBe('stalled');
    expect(flow.roots[0]?.steps[0]?.overdue).toEqual({ byMs: 5_000, expected: ['payment.authorized.v1'] });
    expect(flow.reasons).toEqual([
      'payments__authorize did not answer order.placed.v1 with payment.authorized.v1: it is 5.0 s overdue',
    ]);
    expect(judged({ messages: [placed] }, { now: PLACED_AT + 29_000 }).state).toBe('running');
  });

  it('is stalled past its own deadline, and no more once its end came', () => {
    const now = PLACED_AT + 3 * 3_600_000;
    expect(judged({ messages: [placed], evidence: [paidFor] }, { now })).toMatchObject({
      state: 'stalled',
      reasons: ['it is 2 h past its deadline of 1h: none of parcel.dispatched.v1 came'],
    });
    expect(judged(WHOLE, { now }).state).toBe('completed');
  });

  it('is failed while a dead letter is open, whatever else goes on', () => {
    const letter = { letter: 7, failure: 'x', of: placed.pos, id: 'placed', step: 'payments__authorize' };
    const letters = [{ ...letter, reason: 'poison', error: undefined, at: 1 }];
    const flow = judged({ ...WHOLE, letters });
    expect(flow).toMatchObject({
      state: 'failed',
      reasons: ['payments__authorize set order.placed.v1 aside: poison'],
    });
  });

  it('does not expect a step of what was there before it began', () => {
    const late = { ...SHIPPING, durable: { ...SHIPPING.durable, first: 3 } };
    const evidence = [paidFor];
    expect(judged({ ...WHOLE, evidence }, { consumers: [PAYING, late] }).state).toBe('completed');
  });

  it('has what a step emitted below the message that it takes, of several that have one id', () => {
    const newer = message(2, {
      ...placed,
      pos: paid.pos,
      seq: 2,
      type: 'order.placed.v10',
      subject: 'evt.order.placed.v10',
    });
    const later = { ...paid, pos: shipped.pos, seq: 3 };
    const emittedBy = (takes: readonly string[]): (string | undefined)[] => {
      const consumers = takes.map((subject, i) => ({
        ...PAYING,
        durable: { ...PAYING.durable, n: i + 1, subject },
      }));
      const { roots } = judged({ messages: [placed, newer, later] }, { consumers });
      return roots.flatMap(({ message, steps }) =>
        steps.some(({ emitted }) => emitted.length > 0) ? [message.type] : [],
      );
    };
    const [older, newest] = [placed.subject, newer.subject];
    expect(emittedBy([older])).toEqual(['order.placed.v1']);
    expect(emittedBy([newest])).toEqual(['order.placed.v10']);
    expect(emittedBy([older, newest])).toEqual(['order.placed.v10']);
  });

  it('that declares no ends has those that it is asked for', () => {
    const undeclared = { ...SHOP, apps: [] };
    const half = { messages: [placed, paid], evidence: [paidFor, { ...answer(2), durable: 2 }] };
    const ends = ['parcel.dispatched.v1'];
    expect(judged(half, { choreography: undeclared, asked: { ends: [] } }).state).toBe('completed');
    expect(judged(half, { choreography: undeclared, asked: { ends } }).state).toBe('running');
    expect(judged(WHOLE, { choreography: undeclared, asked: { ends } })).toMatchObject({
      state: 'completed',
      end: 'parcel.dispatched.v1',
    });
  });

  it('that was handed off to does not wait for what its parent does with its end, when it is judged alone', () => {
    const waiting = {
      ...SHIPPING,
      durable: { ...SHIPPING.durable, n: 3, step: 'boss__fulfilment', subject: shipped.subject },
      orchestration: 'fulfilment',
    };
    const consumers = [PAYING, SHIPPING, waiting];
    const child = { ...WHOLE, messages: WHOLE.messages.map((one) => ({ ...one, parent: 'f-0' })) };
    expect(judged(child, { consumers }).state).toBe('running');
    const alone = judged(child, { consumers, asked: { ends: [] } });
    expect(alone.state).toBe('completed');
    expect(JSON.stringify(alone.roots)).not.toContain('boss__fulfilment');
    expect(judged(WHOLE, { consumers, asked: { ends: [] } }).state).toBe('running');

    const choreography = { ...SHOP, apps: [] };
    const opened = (emittedBy: string) => {
      const messages = child.messages.map((one) => (one.id === 'placed' ? { ...one, emittedBy } : one));
      return judged({ ...child, messages }, { choreography, consumers, asked: { ends: [] } }).state;
    };
    expect(opened('boss__fulfilment')).toBe('completed');
    expect(opened('other__step')).toBe('running');
  });

  it('that an orchestration opened for another system is not completed before something came that it takes', () => {
    const waiting = {
      ...SHIPPING,
      durable: { ...SHIPPING.durable, n: 3, step: 'boss__fulfilment', subject: shipped.subject },
      orchestration: 'fulfilment',
    };
    const consumers = [PAYING, SHIPPING, waiting];
    const choreography = { ...SHOP, apps: [] };
    const messages = WHOLE.messages.map((one) => ({
      ...one,
      parent: 'f-0',
      ...(one.id === 'placed' && { emittedBy: 'boss__fulfilment' }),
    }));
    const evidence = [...WHOLE.evidence, { ...answer(3), durable: 3 }];
    const after = (count: number) =>
      judged({ messages: messages.slice(0, count), evidence }, { choreography, consumers });
    expect(after(2).state).toBe('running');
    expect(after(2).sentence).toContain('waits for its next message');
    expect(after(3).state).toBe('completed');
  });

  it('that an orchestration opened for its like is judged with what that does in it, but for its ends', () => {
    const boss = (n: number, subject: string) => ({
      ...SHIPPING,
      durable: { ...SHIPPING.durable, n, step: 'boss__fulfilment', subject },
      orchestration: 'fulfilment',
    });
    const consumers = [PAYING, SHIPPING, boss(3, placed.subject), boss(4, shipped.subject)];
    const messages = WHOLE.messages.map((one) => ({
      ...one,
      parent: 'f-0',
      ...(one.id === 'placed' && { emittedBy: 'boss__fulfilment' }),
    }));
    const alone = (evidence: FlowRecord['evidence']) =>
      judged({ messages, evidence }, { consumers, asked: { ends: [] } }).state;
    expect(alone(WHOLE.evidence)).toBe('running');
    expect(alone([...WHOLE.evidence, { ...answer(1), durable: 3 }])).toBe('completed');
  });

  it('says where the flows are that it handed off to, but for those that are completed', () => {
    const handOff = { flow: 'f/carrier/1', name: 'carrier', app: 'boss', startedAt: 1 } as const;
    const open = { ...handOff, state: 'running', sentence: 'handed to carrier: in flight at x.y' } as const;
    const over = { ...handOff, state: 'completed', sentence: 'handed to carrier: completed' } as const;
    const flow = judged(
      { messages: [placed] },
      { asked: { handOffs: [over, open, { ...open, flow: 'f/carrier/2' }] } },
    );
    expect(flow.handOffs).toEqual([over, open, { ...open, flow: 'f/carrier/2' }]);
    expect(flow.sentence).toMatch(
      /^Flow f is in the hands of payments and handed to carrier: in flight at x\.y; order\.placed\.v1 .+ ago\.$/,
    );
  });

  it('knows how often a step tried', () => {
    const retried = answer(1, { attempt: 2 });
    expect(judged({ ...WHOLE, evidence: [retried] }).roots[0]?.steps[0]?.retries).toBe(2);
  });

  it('has the traces that its messages were sent in, each once and the oldest first', () => {
    const messages = ['a', undefined, 'b', 'a'].map((trace, i) => ({
      ...placed,
      pos: placed.pos + i,
      trace,
    }));
    expect(judged({ messages }).traces).toEqual(['a', 'b']);
    const many = Array.from({ length: 30 }, (_, i) => ({ ...placed, pos: placed.pos + i, trace: `t-${i}` }));
    expect(judged({ messages: many }).traces).toEqual(many.slice(0, 20).map(({ trace }) => trace));
  });

  it('says by how much a sender’s clock is ahead', () => {
    const early = { ...placed, saidAt: placed.at + 900 };
    expect(judged({ messages: [early] }).clockSkewMs).toBe(900);
  });
});

function judged(
  record: Partial<FlowRecord>,
  options: {
    choreography?: Choreography;
    consumers?: readonly Registered[];
    now?: number;
    asked?: Asked;
  } = {},
): Flow {
  const { choreography = SHOP, consumers = [PAYING, SHIPPING], now = PLACED_AT + 100 } = options;
  const expectations = new Expectations(new Names(), choreography, consumers, 2);
  const durables = new Map(consumers.map(({ durable }) => [durable.n, durable]));
  const whole = {
    id: 'f',
    version: 1,
    census: 1,
    begun: 0,
    messages: [],
    letters: [],
    evidence: [],
    truncated: false,
  };
  const judgement = { expectations, durables, lettersSince: 0, now };
  const flow = judge({ ...whole, ...record }, judgement, options.asked);
  const { ends, orchestrated } = options.asked ?? {};
  if (ends === undefined)
    expect(isCompleted({ ...whole, ...record }, judgement, orchestrated)).toBe(flow.state === 'completed');
  return flow;
}
