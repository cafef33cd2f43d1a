import { describe, expect, it } from 'vitest';
import type { Flow, MessageNode, StepNode } from '../model/flow.ts';
import type { Settlement } from '../model/settlement.ts';
import { SHOP } from '../shop.spec.support.ts';
import { declaredIn } from './stalled-flows.ts';
import { StallCount, stallsOf } from './stalls.ts';

const NOW = 1_000_000_000;
const HOUR = 3_600_000;
const declared = declaredIn(SHOP);

describe('a flow', () => {
  it('that goes on has no stall', () => {
    expect(stallsOf(flowOf([paying({ state: 'in-flight', since: NOW })]), declared, NOW)).toEqual([]);
  });

  it('stalls where a step did not answer in time, by the event that did not come', () => {
    const late = paying(
      { state: 'in-flight', since: NOW },
      { byMs: 500, expected: ['payment.authorized.v1'] },
    );
    expect(stallsOf(flowOf([late]), declared, NOW)).toEqual([
      {
        cause: 'overdue',
        app: 'payments',
        step: 'payments__authorize',
        type: 'order.placed.v1',
        missing: ['payment.authorized.v1'],
        since: NOW - 500,
      },
    ]);
  });

  it('stalls where nobody takes a message', () => {
    const nobody: Settlement = {
      state: 'waiting',
      position: undefined,
      expectedMs: undefined,
      noConsumer: true,
    };
    expect(stallsOf(flowOf([paying(nobody)]), declared, NOW)).toMatchObject([
      { cause: 'no-consumer', step: 'payments__authorize', type: 'order.placed.v1' },
    ]);
  });

  it('does not stall at a dead letter, which is told of by itself', () => {
    const aside: Settlement = {
      state: 'dead-lettered',
      reason: 'terminal-error',
      letter: 1,
      at: NOW,
      error: undefined,
    };
    const letter = paying(aside, { byMs: 2 * HOUR, expected: ['payment.authorized.v1'] });
    const failed = flowOf([letter], { state: 'failed', startedAt: NOW - 2 * HOUR });
    expect(stallsOf(failed, declared, NOW)).toEqual([]);
  });

  it('that failed in one branch still stalls in another', () => {
    const aside: Settlement = { state: 'dead-lettered', reason: 'x', letter: 1, at: NOW, error: undefined };
    const other = {
      ...paying({ state: 'in-flight', since: NOW }, { byMs: 1, expected: [] }),
      step: 'mail__send',
    };
    const flow = flowOf([paying(aside), other], { state: 'failed' });
    expect(stallsOf(flow, declared, NOW)).toMatchObject([{ cause: 'overdue', step: 'mail__send' }]);
  });
});

describe('a flow past its deadline', () => {
  const old = { startedAt: NOW - HOUR - 1_000 };

  it('stalls at the step that has something to do', () => {
    const stalls = stallsOf(flowOf([paying({ state: 'in-flight', since: NOW })], old), declared, NOW);
    expect(stalls).toEqual([
      {
        cause: 'late',
        app: 'payments',
        step: 'payments__authorize',
        type: 'order.placed.v1',
        missing: ['parcel.dispatched.v1'],
        since: NOW - 1_000,
      },
    ]);
  });

  it('stalls at the step that emits its end, when nothing is under way', () => {
    const stalls = stallsOf(flowOf([paying({ state: 'done', at: NOW })], old), declared, NOW);
    expect(stalls).toMatchObject([
      {
        cause: 'late',
        step: 'shipping__dispatch',
        type: 'order.placed.v1',
        missing: ['parcel.dispatched.v1'],
      },
    ]);
  });

  it('does not stall one millisecond before', () => {
    const young = flowOf([paying({ state: 'in-flight', since: NOW })], { startedAt: NOW - HOUR + 1 });
    expect(stallsOf(young, declared, NOW)).toEqual([]);
  });

  it('misses nothing when its end came and work is left', () => {
    const ended = flowOf([paying({ state: 'in-flight', since: NOW })], {
      ...old,
      end: 'parcel.dispatched.v1',
    });
    expect(stallsOf(ended, declared, NOW)).toMatchObject([{ cause: 'late', missing: [] }]);
  });
});

describe('many flows', () => {
  it('are counted by the place at which they stand, with the oldest', () => {
    const count = new StallCount();
    for (const [flow, byMs] of [
      ['a', 10],
      ['b', 30],
      ['c', 20],
    ] as const) {
      const late = paying({ state: 'in-flight', since: NOW }, { byMs, expected: [] });
      count.add(flow, stallsOf(flowOf([late, late]), declared, NOW));
    }
    expect(count.groups).toMatchObject([{ flows: 3, oldest: 'b', since: NOW - 30 }]);
  });
});

function paying(settlement: Settlement, overdue?: StepNode['overdue']): StepNode {
  return { step: 'payments__authorize', app: 'payments', settlement, retries: 0, overdue, emitted: [] };
}

function flowOf(steps: readonly StepNode[], differences: Partial<Flow> = {}): Flow {
  const placed: MessageNode = {
    message: {
      id: 'm-1',
      source: '/storefront',
      type: 'order.placed.v1',
      flow: 'f-1',
      cause: undefined,
      stream: 'EVENTS',
      seq: 1,
      at: NOW,
      saidAt: undefined,
      size: 2,
      trace: undefined,
      app: 'storefront',
      emittedBy: undefined,
    },
    steps,
    next: [],
  };
  return {
    id: 'f-1',
    state: 'stalled',
    sentence: '',
    reasons: [],
    type: 'order.placed.v1',
    startedAt: NOW,
    lastAt: NOW,
    parent: undefined,
    handOffs: [],
    traces: [],
    end: undefined,
    roots: [placed],
    clockSkewMs: 0,
    truncated: false,
    ...differences,
  };
}
