import { setTimeout as delay } from 'node:timers/promises';

const PAUSE = 250;
/** Longer than a process needs to be back. */
const LIMIT = 60_000;

/**
 * Does something again while it fails, for up to a minute: the process that it needs may be about to come back.
 * Rejects with the last error, at once when it is `final`; with the reason of `stop` when that is aborted.
 */
export async function persist<T>(
  work: () => Promise<T>,
  stop: AbortSignal,
  final: (error: unknown) => boolean = () => false,
): Promise<T> {
  const deadline = Date.now() + LIMIT;
  for (;;) {
    stop.throwIfAborted();
    try {
      return await work();
    } catch (error) {
      if (final(error) || Date.now() > deadline) throw error;
    }
    await delay(PAUSE, undefined, { signal: stop }).catch(() => undefined);
  }
}
