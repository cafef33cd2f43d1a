import { describe, expect, it } from 'vitest';
import { Attempts } from './attempts.ts';

describe('failed attempts', () => {
  it('are counted by message, until it is forgotten', () => {
    const attempts = new Attempts();
    attempts.failed('a');
    attempts.failed('a');
    attempts.failed('b');
    expect([attempts.of('a'), attempts.of('b'), attempts.of('c')]).toEqual([2, 1, 0]);
    attempts.forget('a');
    expect(attempts.of('a')).toBe(0);
  });

  it('are remembered of so many messages; the longest untouched goes first', () => {
    const attempts = new Attempts(2);
    for (const message of ['a', 'b', 'a', 'c']) attempts.failed(message);
    expect([attempts.of('a'), attempts.of('b'), attempts.of('c')]).toEqual([2, 0, 1]);
  });
});
