import { setTimeout as delay } from 'node:timers/promises';

/** When what was found is enough. */
export interface Wait<T> {
  /** At least so many, or what the predicate says. Default 0. */
  readonly until?: number | ((found: readonly T[]) => boolean);
  /** How long to wait, in ms. Default 10,000. */
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;
const POLL_MS = 20;

/** Looks again until it is enough. @throws an error that shows what was there instead */
export async function until<T>(what: string, wait: Wait<T> = {}, look: () => Promise<T[]>): Promise<T[]> {
  const { until: enough = 0, timeoutMs = TIMEOUT_MS } = wait;
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (typeof enough === 'number' ? found.length >= enough : enough(found)) return found;
    if (performance.now() > deadline) {
      throw new Error(
        `Waited ${timeoutMs} ms for ${what}; there were only these: ${JSON.stringify(found, readable)}`,
      );
    }
    await delay(POLL_MS);
  }
}

function readable(_key: string, value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString() : value;
}
