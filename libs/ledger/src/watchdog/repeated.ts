import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@troupe/jetstream';

/** Looks at something again and again, never twice at once, until it is stopped. A look that fails is made again. */
export class Repeated<T> {
  /** What was seen last; undefined before the first look, and after one that failed. */
  latest: T | undefined;
  /** When the last look that went well began, ms since the epoch; 0 before. */
  lookedAt = 0;
  #problem: string | undefined;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  /**
   * @param what for the log: `dead letters`
   * @param rest a pause is at least so many times as long as the look before it: with 4, looking takes a fifth of the time
   */
  constructor(
    private readonly what: string,
    private readonly look: (signal: AbortSignal) => Promise<T>,
    private readonly everyMs: number,
    private readonly log: Logger,
    private readonly rest = 4,
  ) {
    this.#running = this.#run();
  }

  /** Resolves when nothing looks any more. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const startedAt = performance.now();
      await this.#look(signal);
      const pauseMs = Math.max(this.everyMs, (performance.now() - startedAt) * this.rest);
      await delay(pauseMs, undefined, { signal }).catch(() => {});
    }
  }

  async #look(signal: AbortSignal): Promise<void> {
    const at = Date.now();
    try {
      this.latest = await this.look(signal);
      this.lookedAt = at;
      this.#problem = undefined;
    } catch (error) {
      this.latest = undefined;
      if (!signal.aborted) this.#failed(error);
    }
  }

  /** A problem is logged once, however long it lasts. */
  #failed(error: unknown): void {
    const problem = String(error);
    if (problem !== this.#problem)
      this.log.warn({ err: error }, `cannot look at ${this.what} now; trying again`);
    this.#problem = problem;
  }
}
