import { describe, expect, it } from 'vitest';
import { backoff, DEFAULT_RETRY } from './backoff.ts';

describe('the wait before the next attempt', () => {
  it('has a bound that doubles with each attempt, up to the longest', () => {
    const bounds = [1, 2, 3, 4, 8, 9, 1_000].map((attempt) => backoff(attempt, DEFAULT_RETRY, () => 1));
    expect(bounds).toEqual([200, 400, 800, 1_600, 25_600, 30_000, 30_000]);
  });

  it('is anything below the bound, so that what failed together does not come back together', () => {
    expect(backoff(3, DEFAULT_RETRY, () => 0)).toBe(0);
    const waits = new Set(Array.from({ length: 100 }, () => backoff(3, DEFAULT_RETRY)));
    expect(waits.size).toBeGreaterThan(20);
    expect(Math.max(...waits)).toBeLessThanOrEqual(800);
  });
});
