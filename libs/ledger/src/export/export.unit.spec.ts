import { describe, expect, it } from 'vitest';
import type { Flow, MessageNode, StepNode } from '../model/flow.ts';
import { jsonOf } from './json.ts';
import { mermaidOf } from './mermaid.ts';

const STARTED = Date.parse('2026-01-31T12:00:00.000Z');

describe('a flow as a sequence diagram', () => {
  it('has an arrow for each message and step, dashed and with a note while it is not done', () => {
    const paid = node('payment.authorized.v1', '/payments/authorize', 40, [
      step('shipping', 'shipping__dispatch', { state: 'in-flight', since: undefined }),
    ]);
    const placed = node('order.placed.v1', '/storefront', 0, [
      step('payments', 'payments__authorize', { state: 'done', at: STARTED + 41 }, [paid]),
      step('notifications', 'notifications__notify', {
        state: 'dead-lettered',
        reason: 'poison',
        letter: 7,
        at: undefined,
        error: undefined,
      }),
    ]);
    expect(mermaidOf(flow([placed]))).toBe(
      [
        'sequenceDiagram',
        '  participant p0 as storefront',
        '  participant p1 as payments',
        '  participant p2 as notifications',
        '  participant p3 as shipping',
        '  p0->>p1: order.placed.v1 (+0 ms)',
        '  p0-->>p2: order.placed.v1 (+0 ms)',
        '  Note over p2: notifications__notify: dead-lettered (poison)',
        '  p1-->>p3: payment.authorized.v1 (+40 ms)',
        '  Note over p3: shipping__dispatch: in-flight',
        '',
      ].join('\n'),
    );
  });

  it('shows a message that no step takes, and takes foreign texts for nothing but texts', () => {
    const foreign = node('x;\nparticipant evil', 'urn:<b>', 0, []);
    expect(mermaidOf(flow([foreign])).split('\n')).toEqual([
      'sequenceDiagram',
      '  participant p0 as urn:#60;b#62;',
      '  p0->>p0: x#59;#10;participant evil (+0 ms)',
      '',
    ]);
  });

  it('names the flow that handed off to it, and shows those that it handed off to', () => {
    const handOff = { name: 'carrier', app: 'boss', startedAt: STARTED } as const;
    const handOffs = [
      { ...handOff, flow: 'f-1/carrier/1', state: 'completed', sentence: 'handed to carrier: completed' },
      { ...handOff, flow: 'f-1/carrier/2', state: 'running', sentence: 'handed to carrier: in flight' },
    ] as const;
    const placed = node('order.placed.v1', '/boss', 0, []);
    expect(mermaidOf({ ...flow([placed]), parent: 'f-0', handOffs }).split('\n')).toEqual([
      'sequenceDiagram',
      '  participant p0 as boss',
      '  participant p1 as flow f-1/carrier/1',
      '  participant p2 as flow f-1/carrier/2',
      '  Note over p0: handed off by flow f-0',
      '  p0->>p0: order.placed.v1 (+0 ms)',
      '  p0->>p1: handed to carrier: completed',
      '  p0-->>p2: handed to carrier: in flight',
      '',
    ]);
  });

  it('is cut where nobody would read on', () => {
    const many = Array.from({ length: 250 }, (_, n) => node('order.placed.v1', '/storefront', n, []));
    expect(mermaidOf(flow(many))).toContain('Note over p0: 50 more');
  });
});

it('a flow as JSON says its times as people write them', () => {
  const json = JSON.parse(jsonOf(flow([node('order.placed.v1', '/storefront', 1_000, [])])));
  expect(json).toMatchObject({ id: 'f-1', startedAt: '2026-01-31T12:00:00.000Z', clockSkewMs: 0 });
  expect(json.roots[0].message).toMatchObject({ seq: 1, at: '2026-01-31T12:00:01.000Z' });
});

function flow(roots: readonly MessageNode[]): Flow {
  return {
    id: 'f-1',
    state: 'running',
    sentence: 'Flow f-1 waits.',
    reasons: [],
    type: 'order.placed.v1',
    startedAt: STARTED,
    lastAt: STARTED,
    parent: undefined,
    handOffs: [],
    traces: [],
    end: undefined,
    roots,
    clockSkewMs: 0,
    truncated: false,
  };
}

function node(type: string, source: string, after: number, steps: readonly StepNode[]): MessageNode {
  const app = /^\/([a-z]+)/.exec(source)?.[1];
  const message = { id: 'm-1', source, type, flow: 'f-1', cause: undefined, stream: 'EVENTS', seq: 1 };
  const rest = { saidAt: undefined, size: 1, trace: undefined, app, emittedBy: undefined };
  return { message: { ...message, ...rest, at: STARTED + after }, steps, next: [] };
}

function step(
  app: string,
  name: string,
  settlement: StepNode['settlement'],
  emitted: readonly MessageNode[] = [],
): StepNode {
  return { step: name, app, settlement, retries: 0, overdue: undefined, emitted };
}
