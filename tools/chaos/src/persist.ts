import { setTimeout as delay } from 'node:timers/promises';

const PAUSE = 250;
const LIMIT = 60_000;

/** Asks again while the broker or a database is away, for up to a minute. */
export async function persist<T>(work: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + LIMIT;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
    await delay(PAUSE);
  }
}
