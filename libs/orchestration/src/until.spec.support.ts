import { setTimeout as delay } from 'node:timers/promises';

/** Polls until `condition` gives something true, and returns it; fails after 30 s. */
export async function until<T>(what: string, condition: () => T | Promise<T>): Promise<NonNullable<T>> {
  const deadline = performance.now() + 30_000;
  for (;;) {
    const result = await condition();
    if (result) return result;
    if (performance.now() > deadline) throw new Error(`not within 30 s: ${what}`);
    await delay(20);
  }
}
