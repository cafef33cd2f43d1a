import { expect, it } from 'vitest';
import { MESSAGES, packed } from './contracts.spec.support.ts';
import { examplesOf, wrongExamples } from './examples.ts';

const [right] = MESSAGES[0] ?? [];

it('finds no example where there is none, and nothing wrong with one that keeps its contract', () => {
  expect(examplesOf(packed)).toEqual([]);
  expect(wrongExamples(withExamples(right))).toEqual([]);
});

it('tells every example that breaks its contract, as a sender would', () => {
  expect(wrongExamples(withExamples(right, { ...right, count: 0 }, { ...right, added: 1 }))).toEqual([
    expect.stringMatching(/^Example 2 of kit\.packed\.v2 breaks it: \/count: /),
    expect.stringMatching(/^Example 3 of kit\.packed\.v2 breaks it: \/added: /),
  ]);
});

function withExamples(...examples: unknown[]) {
  return { ...packed, producedSchema: { ...packed.producedSchema, examples } };
}
