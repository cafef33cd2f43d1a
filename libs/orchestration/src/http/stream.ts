import { setTimeout as delay } from 'node:timers/promises';
import type { Found } from '../status/records.ts';

/** Proxies end what is silent for long. */
const BEAT_MS = 15_000;

/**
 * Server-sent events (WHATWG HTML) of an instance that changes: `status` with the master status, its tag as the id, and
 * a comment every 15 s in which nothing changes. What its reader has seen already is left out.
 */
export async function* statusEvents(
  changes: AsyncGenerator<Found>,
  bodyOf: (found: Found) => Promise<object>,
  seen: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<string> {
  yield ': a status for each change\n\n'; // so that its reader knows that it is connected
  for (let next = changes.next(); !signal.aborted; ) {
    const change = await withinBeat(next, signal);
    if (change === undefined) {
      yield ':\n\n';
      continue;
    }
    if (change.done) return;
    const found = change.value;
    next = changes.next();
    next.catch(() => {}); // it is told to a reader that is slow when that one comes for it
    if (found.etag !== seen) {
      yield `event: status\nid: ${found.etag}\ndata: ${JSON.stringify(await bodyOf(found))}\n\n`;
    }
  }
}

/** Undefined when nothing comes within 15 s. */
async function withinBeat<T>(next: Promise<T>, signal: AbortSignal): Promise<T | undefined> {
  const came = new AbortController();
  const beat = delay(BEAT_MS, undefined, { signal: AbortSignal.any([came.signal, signal]) });
  try {
    return await Promise.race([next, beat.catch(() => undefined)]);
  } finally {
    came.abort();
  }
}
