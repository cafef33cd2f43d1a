import { expect } from 'vitest';
import { type Flow, messagesOf } from './console.ts';
import type { Accepted } from './shop.ts';

/** Each end as often as it must be: nothing is missing, and nothing is there twice. */
export function expectEnds({ sample, flowId }: Accepted, flow: Flow): void {
  const counts = messagesOf(flow);
  const ends = Object.keys(sample.ends).map((type) => [type, counts[type] ?? 0]);
  expect(Object.fromEntries(ends), `flow ${flowId}`).toEqual(sample.ends);
}
