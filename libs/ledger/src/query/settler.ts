import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@troupe/jetstream';
import type { Flow } from '../model/flow.ts';
import type { Store } from '../store/store.ts';
import type { Where } from './where.ts';

const PAUSE_MS = 50;
/** Flows that are kept to be looked at; those beyond are found when all unsettled ones are gone through. */
const KEPT = 50_000;
const AT_ONCE = 200;

/**
 * Judges flows that something was written of, and notes those that are completed: a list of running flows then need
 * not look at all that ever were. In between it goes through all unsettled ones, whose state time alone may change.
 */
export class Settler {
  readonly #touched = new Map<number, number>();
  #cursor: { started: number; n: number } | undefined;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(
    private readonly store: Store,
    private readonly where: Where,
    private readonly log: Logger,
    private readonly judged: (flow: Flow) => void,
  ) {
    this.#running = this.#run();
  }

  touch(flows: readonly number[]): void {
    const now = Date.now();
    for (const flow of flows) {
      this.#touched.delete(flow); // the last touched stands last
      if (this.#touched.size < KEPT) this.#touched.set(flow, now);
    }
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        const touched = this.#due();
        for (const flow of touched) await this.#settle(flow, this.judged);
        if (touched.length < AT_ONCE) await this.#sweep();
      } catch (error) {
        this.log.warn({ err: error }, 'flows cannot be judged now');
      }
      await delay(PAUSE_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** Those that nothing was written of since the broker was asked for its consumers: only they can be completed. */
  #due(): number[] {
    const { asOf } = this.where.judgement().expectations;
    const due: number[] = [];
    for (const [flow, at] of this.#touched) {
      if (at > asOf || due.length === AT_ONCE) break;
      due.push(flow);
      this.#touched.delete(flow);
    }
    return due;
  }

  async #sweep(): Promise<void> {
    const entries = await this.store.flows({
      unsettled: true,
      since: 0,
      until: Number.MAX_SAFE_INTEGER,
      before: this.#cursor,
      limit: AT_ONCE / 10,
    });
    for (const { n } of entries) await this.#settle(n, () => {});
    this.#cursor = entries.at(-1);
  }

  async #settle(n: number, judged: (flow: Flow) => void): Promise<void> {
    const judgement = this.where.judgement();
    const record = await this.store.flow(n);
    if (record === undefined) return;
    const flow = await this.where.judged(record, judgement);
    if (flow.state === 'completed') await this.store.settle(n, record.indexedAt);
    judged(flow);
  }
}
