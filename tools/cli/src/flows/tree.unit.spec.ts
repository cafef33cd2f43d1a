import type { Flow, Message, MessageNode, Settlement, StepNode } from '@troupe/ledger';
import { describe, expect, it } from 'vitest';
import { treeOf } from './tree.ts';

const NOW = 100_000;

function message(seq: number, type: string): Message {
  return { type, seq, stream: 'EVENTS', at: seq * 1_000, id: `m-${seq}` } as Message;
}

function step(name: string, settlement: Settlement, more: Partial<StepNode> = {}): StepNode {
  return { step: name, app: 'a', settlement, retries: 0, overdue: undefined, emitted: [], ...more };
}

function flow(...roots: MessageNode[]): Flow {
  return { roots, startedAt: 1_000, truncated: false, handOffs: [] } as unknown as Flow;
}

it('hangs steps below their message, and what they sent below them', () => {
  const done: Settlement = { state: 'done', at: 1_012 };
  const paid: MessageNode = {
    message: message(2, 'payment.authorized.v1'),
    steps: [],
    next: [{ message: message(3, 'odd.fact.v1'), steps: [], next: [] }],
  };
  const tree = treeOf(
    flow({
      message: message(1, 'order.placed.v1'),
      steps: [step('payments__authorize', done, { emitted: [paid] }), step('notifications__notify', done)],
      next: [],
    }),
    NOW,
  );
  expect(tree).toEqual([
    'order.placed.v1  +0 ms (EVENTS/1)',
    '├─ payments/authorize: done within 12 ms',
    '│  └─ payment.authorized.v1  +1.0 s (EVENTS/2, no step takes it)',
    '│     └─ odd.fact.v1  +2.0 s (EVENTS/3, no step takes it)',
    '└─ notifications/notify: done within 12 ms',
  ]);
});

it('names the flows that were handed off to, below', () => {
  const handOff = { flow: 'f-1/carrier/1', name: 'carrier', app: 'boss', state: 'running' } as const;
  const sentence = 'handed to carrier: in flight at carrier.sort';
  const tree = treeOf({ ...flow(), handOffs: [{ ...handOff, sentence, startedAt: 3_000 }] }, NOW);
  expect(tree).toEqual(['→ flow f-1/carrier/1  +2.0 s handed to carrier: in flight at carrier.sort']);
});

describe('a step', () => {
  it.each<[Settlement, string]>([
    [
      { state: 'waiting', position: 312, expectedMs: 4_000, noConsumer: false },
      'waiting, position 312, about 4.0 s',
    ],
    [
      { state: 'waiting', position: undefined, expectedMs: undefined, noConsumer: true },
      'waiting, and there is no consumer',
    ],
    [{ state: 'in-flight', since: NOW - 2_100 }, 'in flight for 2.1 s'],
    [{ state: 'in-flight', since: undefined }, 'in flight'],
    [
      { state: 'retrying', attempt: 2, nextAt: NOW + 30_000, error: 'closed' },
      'retrying in 30 s after attempt 2: closed',
    ],
    [{ state: 'done', at: undefined }, 'done'],
    [
      { state: 'dead-lettered', reason: 'poison', letter: 7, at: 1, error: undefined },
      'dead-lettered, poison (troupe dead-letters show 7)',
    ],
    [{ state: 'redriven', letter: 7, at: 1, as: undefined }, 'redriven from dead letter 7, not answered yet'],
    [{ state: 'redriven', letter: 7, at: 1, as: 'm-9' }, 'dead letter 7 was edited, and sent as m-9'],
    [
      { state: 'unknown', why: 'its answer may have been missed' },
      'unknown: its answer may have been missed',
    ],
  ])('%o', (settlement, text) => {
    const [, line] = treeOf(
      flow({ message: message(1, 'a.b.v1'), steps: [step('x__y', settlement)], next: [] }),
      NOW,
    );
    expect(line).toBe(`└─ x/y: ${text}`);
  });

  it('is told how late it is, and what it should have sent', () => {
    const overdue = { byMs: 5_000, expected: ['a.c.v1', 'a.d.v1'] };
    const late = step('x__y', { state: 'in-flight', since: undefined }, { overdue });
    const [, line] = treeOf(flow({ message: message(1, 'a.b.v1'), steps: [late], next: [] }), NOW);
    expect(line).toBe('└─ x/y: in flight, overdue by 5.0 s, without a.c.v1 or a.d.v1');
  });
});

it('shows what others wrote as plain text', () => {
  const [line] = treeOf(flow({ message: message(1, 'a\u001b[2J\nb'), steps: [], next: [] }), NOW);
  expect(line).toBe('a [2J b  +0 ms (EVENTS/1, no step takes it)');
});
