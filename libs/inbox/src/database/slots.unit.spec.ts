import { expect, it } from 'vitest';
import { Slots } from './slots.ts';

it('lets so many run at once, the others in the order in which they came, also after failures', async () => {
  const slots = new Slots(2);
  const began: number[] = [];
  let running = 0;
  let most = 0;
  const task = async (n: number): Promise<number> => {
    began.push(n);
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
    if (n % 3 === 0) throw new Error(String(n));
    return n;
  };
  const ends = await Promise.allSettled([1, 2, 3, 4, 5, 6, 7].map((n) => slots.run(() => task(n))));
  expect(began).toEqual([1, 2, 3, 4, 5, 6, 7]);
  expect(most).toBe(2);
  expect(ends.map(({ status }) => status === 'fulfilled')).toEqual([
    true,
    true,
    false,
    true,
    true,
    false,
    true,
  ]);
  expect(await slots.run(() => Promise.resolve('free again'))).toBe('free again');
});
