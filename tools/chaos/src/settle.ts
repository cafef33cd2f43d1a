import { setTimeout as delay } from 'node:timers/promises';
import type { Brokers } from './brokers.ts';
import { type Backlog, readBacklog, sizeOf } from './evidence/consumers.ts';

const INTERVAL = 1_000;
const NOTHING: Backlog = { waiting: 0, inHand: 0, scheduled: 0 };

/** For so many looks a backlog has to stand: for some seconds after its start the broker counts what was answered. */
const STANDING_LOOKS = 10;

/** Looks at the backlog every second, and keeps the largest one that stood. */
export class BacklogWatch {
  largest: Backlog = NOTHING;
  latest: Backlog | undefined;
  #recent: Backlog[] = [];
  readonly #ended = new AbortController();
  readonly #watching: Promise<void>;

  constructor(brokers: Brokers) {
    this.#watching = this.#watch(brokers);
  }

  async stop(): Promise<void> {
    this.#ended.abort();
    await this.#watching;
  }

  async #watch(brokers: Brokers): Promise<void> {
    const { signal } = this.#ended;
    while (!signal.aborted) {
      this.latest = await readBacklog(brokers).catch(() => undefined); // the broker is away
      if (this.latest !== undefined) this.#keep(this.latest);
      await delay(INTERVAL, undefined, { signal }).catch(() => undefined);
    }
  }

  #keep(latest: Backlog): void {
    this.#recent = [...this.#recent, latest].slice(-STANDING_LOOKS);
    if (this.#recent.length < STANDING_LOOKS) return;
    const [smallest = NOTHING] = this.#recent.toSorted((one, other) => sizeOf(one) - sizeOf(other));
    if (sizeOf(smallest) > sizeOf(this.largest)) this.largest = smallest;
  }
}

/** Looks in a row with nothing left: what a step emits is stored before its input is answered, so one would do. */
const QUIET_LOOKS = 3;

/**
 * Waits until the broker holds no work any more.
 * @param patienceMs what is left then is left for good
 * @returns what is left
 */
export async function settle(
  watch: BacklogWatch,
  patienceMs: number,
  stop: AbortSignal,
): Promise<Backlog | undefined> {
  const deadline = Date.now() + patienceMs;
  for (let quiet = 0; quiet < QUIET_LOOKS && Date.now() < deadline && !stop.aborted; ) {
    await delay(INTERVAL);
    const { latest } = watch;
    quiet = latest !== undefined && sizeOf(latest) === 0 ? quiet + 1 : 0;
  }
  return watch.latest;
}
