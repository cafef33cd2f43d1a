import { describe, expect, it } from 'vitest';
import { Fresh } from './fresh.ts';

describe('fresh answers', () => {
  it('are found once for all who ask while another is under way, and never for one that began before', async () => {
    let found = 0;
    const fresh = new Fresh(async () => ++found);
    const first = fresh.ask();
    const others = [fresh.ask(), fresh.ask(), fresh.ask()];
    expect(await first).toBe(1);
    expect(await Promise.all(others)).toEqual([2, 2, 2]);
    expect(await fresh.ask()).toBe(3);
  });

  it('are found anew after one that failed', async () => {
    let tries = 0;
    const fresh = new Fresh(async () => {
      if (++tries === 1) throw new Error('away');
      return tries;
    });
    const [failed, next] = [fresh.ask(), fresh.ask()];
    await expect(failed).rejects.toThrow('away');
    expect(await next).toBe(2);
  });
});
