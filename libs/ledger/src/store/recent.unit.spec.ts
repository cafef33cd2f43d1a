import { describe, expect, it } from 'vitest';
import { Recent } from './recent.ts';

describe('what was used of late', () => {
  it('keeps at least as many as it is told, and no more than twice as many', () => {
    const recent = new Recent<number, number>(10);
    for (let n = 0; n < 100; n++) recent.set(n, n);
    const kept = Array.from({ length: 100 }, (_, n) => n).filter((n) => recent.get(n) !== undefined);
    expect(kept.length).toBeGreaterThanOrEqual(10);
    expect(kept.length).toBeLessThanOrEqual(20);
    expect(kept.at(-1)).toBe(99);
  });

  it('keeps what is asked for again and again', () => {
    const recent = new Recent<string, number>(10);
    recent.set('asked', 1);
    for (let n = 0; n < 100; n++) {
      recent.set(String(n), n);
      expect(recent.get('asked')).toBe(1);
    }
  });
});
