import { setTimeout as delay } from 'node:timers/promises';

const PAUSE = 200;

/** Polls until `look` answers something; a look that fails is taken again. @throws Error after `timeoutMs`, with the last failure as its cause */
export async function until<T>(
  what: string,
  look: () => Promise<T | undefined>,
  timeoutMs = 60_000,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  let cause: unknown;
  while (Date.now() < deadline) {
    try {
      const seen = await look();
      if (seen !== undefined) return seen;
      cause = undefined;
    } catch (error) {
      cause = error;
    }
    await delay(PAUSE);
  }
  throw new Error(`not within ${timeoutMs} ms: ${what}`, { cause });
}
