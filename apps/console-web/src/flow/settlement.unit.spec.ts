import { expect, it } from 'vitest';
import type { Settlement, StepNode } from '../api/answers.ts';
import { lateness, standing } from './settlement.ts';

const NOW = 100_000;
const message = { at: NOW - 5_000 };

it.each<[string, Settlement]>([
  ['position 312, about 4.0 s', { state: 'waiting', position: 312, expectedMs: 4_000, noConsumer: false }],
  ['', { state: 'waiting', noConsumer: false }],
  ['it has no consumer, so that nobody will take it', { state: 'waiting', noConsumer: true }],
  ['heard of 3.0 s ago', { state: 'in-flight', since: NOW - 3_000 }],
  [
    'attempt 2 failed, again in 8.0 s, no answer',
    { state: 'retrying', attempt: 2, nextAt: NOW + 8_000, error: 'no answer' },
  ],
  ['again now', { state: 'retrying', nextAt: NOW - 1 }],
  ['within 18 ms', { state: 'done', at: message.at + 18 }],
  ['', { state: 'done' }],
  [
    'terminal-error, dead letter 3, 1.0 s ago, no such card',
    { state: 'dead-lettered', reason: 'terminal-error', letter: 3, at: NOW - 1_000, error: 'no such card' },
  ],
  ['dead letter 3, 2.0 s ago, edited, as m-2', { state: 'redriven', letter: 3, at: NOW - 2_000, as: 'm-2' }],
  ['nobody listened', { state: 'unknown', why: 'nobody listened' }],
])('says "%s"', (said, settlement) => {
  expect(standing(stepWith({ settlement }), message, NOW)).toBe(said);
});

it('says by how much a step is late, and with what', () => {
  const overdue = { byMs: 12_000, expected: ['payment.refunded.v1', 'payment.declined.v1'] };
  expect(lateness(stepWith({ overdue }))).toBe(
    'by 12 s: payment.refunded.v1 or payment.declined.v1 should have come',
  );
  expect(lateness(stepWith({}))).toBeUndefined();
});

function stepWith(part: Partial<StepNode>): StepNode {
  return { step: 'a__one', app: 'a', settlement: { state: 'done' }, retries: 0, emitted: [], ...part };
}
