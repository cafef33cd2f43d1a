import { expect, it } from 'vitest';
import type { Message, MessageNode, StepNode } from '../api/answers.ts';
import { rowsOf } from './rows.ts';

it('has under a message the steps that take it, under a step what it sent, and last what nobody sent for it', () => {
  const sent = nodeOf(2);
  const flow = { roots: [nodeOf(1, [stepOf('a__one', [sent]), stepOf('b__two')], [nodeOf(3)])] };
  expect(rowsOf(flow).map(({ key, depth }) => [depth, key])).toEqual([
    [0, 'EVENTS/1'],
    [1, 'EVENTS/1 a__one'],
    [2, 'EVENTS/2'],
    [1, 'EVENTS/1 b__two'],
    [1, 'EVENTS/3'],
  ]);
});

it('takes a flow of thousands of messages, each caused by the one before', () => {
  let node = nodeOf(5_000);
  for (let seq = 4_999; seq > 0; seq--) node = nodeOf(seq, [stepOf('a__one', [node])]);
  const rows = rowsOf({ roots: [node] });
  expect(rows).toHaveLength(9_999);
  expect(rows.at(-1)).toMatchObject({ key: 'EVENTS/5000', depth: 9_998 });
});

function nodeOf(seq: number, steps: StepNode[] = [], next: MessageNode[] = []): MessageNode {
  const message: Message = {
    id: `m-${seq}`,
    source: '/shop',
    type: 'order.placed.v1',
    flow: 'f-1',
    stream: 'EVENTS',
    seq,
    at: 0,
    size: 2,
  };
  return { message, steps, next };
}

function stepOf(step: string, emitted: MessageNode[] = []): StepNode {
  return { step, app: step.slice(0, 1), settlement: { state: 'done' }, retries: 0, emitted };
}
