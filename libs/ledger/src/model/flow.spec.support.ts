import type { Flow, MessageNode, StepNode } from './flow.ts';
import { senderOf } from './message.ts';
import type { Settlement } from './settlement.ts';

/** When every flow here begins. */
export const BEGAN = Date.parse('2026-01-31T12:00:00.000Z');

/** A flow with these messages, changed as told. */
export function flow(roots: readonly MessageNode[], fields: Partial<Flow> = {}): Flow {
  return {
    id: 'f-1',
    state: 'running',
    sentence: '',
    reasons: [],
    type: 'order.placed.v1',
    startedAt: BEGAN,
    lastAt: BEGAN,
    parent: undefined,
    handOffs: [],
    traces: [],
    end: undefined,
    roots,
    clockSkewMs: 0,
    truncated: false,
    ...fields,
  };
}

let messages = 0;

/** A message that was stored so many ms after the beginning, and the steps that take it. */
export function node(
  type: string,
  source: string,
  after: number,
  steps: readonly StepNode[] = [],
): MessageNode {
  const seq = ++messages;
  const said = { id: `m-${seq}`, source, type, flow: 'f-1', cause: undefined, stream: 'EVENTS', seq };
  return {
    message: {
      ...said,
      at: BEGAN + after,
      saidAt: undefined,
      size: 2,
      trace: undefined,
      ...senderOf(source),
    },
    steps,
    next: [],
  };
}

/** What a step, `<app>__<step>`, did. */
export function step(
  name: string,
  settlement: Settlement,
  emitted: readonly MessageNode[] = [],
  retries = 0,
): StepNode {
  const [app = ''] = name.split('__');
  return { step: name, app, settlement, retries, overdue: undefined, emitted };
}

/** Done so many ms after the beginning; without a time, nobody heard when. */
export function done(after?: number): Settlement {
  return { state: 'done', at: after === undefined ? undefined : BEGAN + after };
}

export const IN_FLIGHT: Settlement = { state: 'in-flight', since: undefined };
export const SET_ASIDE: Settlement = {
  state: 'dead-lettered',
  reason: 'poison',
  letter: 7,
  at: BEGAN + 9_000,
  error: undefined,
};
