import { expect, it } from 'vitest';
import { Decisions } from './decisions.ts';

const byLength = (decision: string): number => decision.length;
const never = (): string => {
  throw new Error('decided again');
};

it('decides once for each key', () => {
  const decisions = new Decisions<string>(100, byLength);
  expect(decisions.once('a', () => 'yes')).toBe('yes');
  expect(decisions.once('b', () => 'no')).toBe('no');
  expect(decisions.once('a', never)).toBe('yes');
});

it('forgets the oldest decisions beyond its weight', () => {
  const decisions = new Decisions<string>(9, byLength);
  for (const key of ['a', 'b', 'c', 'd']) decisions.once(key, () => 'yes');
  expect(decisions.once('b', never)).toBe('yes');
  expect(decisions.once('a', () => 'new')).toBe('new');
});

it('returns a decision that weighs more than all it may remember, and forgets it', () => {
  const decisions = new Decisions<string>(3, byLength);
  expect(decisions.once('a', () => 'too long')).toBe('too long');
  expect(decisions.once('a', () => 'yes')).toBe('yes');
  expect(decisions.once('a', never)).toBe('yes');
});
