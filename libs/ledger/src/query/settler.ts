import { setTimeout as delay, setImmediate as immediate } from 'node:timers/promises';
import type { Logger } from '@troupe/jetstream';
import type { Judgement } from '../model/assemble.ts';
import type { Flow } from '../model/flow.ts';
import type { FlowRecord } from '../model/record.ts';
import { FLOWS_AT_ONCE } from '../store/records.ts';
import type { Settled, Store } from '../store/store.ts';
import type { Written } from '../store/writing.ts';
import { isOfOtherStreams, type Where } from './where.ts';

const PAUSE_MS = 50;
/** Flows that are kept to be looked at; those beyond are found when all unsettled ones are gone through. */
const KEPT = 50_000;
const AT_ONCE = 200;
/** All unsettled flows are gone through once in this time, or as long as it takes. */
const PASS_MS = 2_000;

/** Which flows are looked at here: those of the projector's shares; all as long as somebody follows them here. */
export interface Watched {
  isMine(flow: number): boolean;
  readonly isFollowed: boolean;
}

/**
 * Judges flows that something was written of, and notes those that are completed: a list of running flows then need
 * not look at all that ever were. In between it goes through all unsettled ones, whose state time alone may change.
 */
export class Settler {
  /** Flows, and the last census that was begun before something was written of them. */
  readonly #touched = new Map<number, number>();
  #cursor: { started: number; n: number } | undefined;
  #passBegan = Number.NEGATIVE_INFINITY;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(
    private readonly store: Store,
    private readonly where: Where,
    private readonly watched: Watched,
    private readonly log: Logger,
    /** Told of each flow that something was written of, as long as somebody follows them. */
    private readonly changed: (flow: Flow) => void,
  ) {
    this.#running = this.#run();
  }

  touch({ flows, census }: Written): void {
    for (const flow of flows) {
      if (!this.watched.isFollowed && !this.watched.isMine(flow)) continue;
      this.#touched.delete(flow); // the last touched stands last
      if (this.#touched.size < KEPT) this.#touched.set(flow, census);
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
        await this.#settle(touched, this.watched.isFollowed ? this.changed : undefined);
        if (touched.length < AT_ONCE) await this.#sweep();
      } catch (error) {
        this.log.warn({ err: error }, 'flows cannot be judged now');
      }
      await delay(PAUSE_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** Those that nothing was written of since the broker was asked for its consumers: only they can be completed. */
  #due(): number[] {
    const { census } = this.where.judgement().expectations;
    const due: number[] = [];
    for (const [flow, touchedAt] of this.#touched) {
      if (touchedAt >= census || due.length === AT_ONCE) break;
      due.push(flow);
      this.#touched.delete(flow);
    }
    return due;
  }

  /** Leaves out those that will be looked at anyway. */
  async #sweep(): Promise<void> {
    const now = performance.now();
    if (this.#cursor === undefined && now - this.#passBegan < PASS_MS) return;
    if (this.#cursor === undefined) this.#passBegan = now;
    const entries = await this.store.flows({
      unsettled: true,
      since: 0,
      until: Number.MAX_SAFE_INTEGER,
      before: this.#cursor,
      limit: AT_ONCE / 10,
    });
    const flows = entries.map(({ n }) => n).filter((n) => this.watched.isMine(n) && !this.#touched.has(n));
    await this.#settle(flows);
    this.#cursor = entries.at(-1);
  }

  async #settle(flows: readonly number[], changed?: (flow: Flow) => void): Promise<void> {
    const completed: Settled[] = [];
    for (let at = 0; at < flows.length; at += FLOWS_AT_ONCE) {
      const together = flows.slice(at, at + FLOWS_AT_ONCE);
      const judgement = this.where.judgement();
      const records = await this.store.records(together);
      for (const n of together) {
        const record = records.get(n) ?? (await this.store.flow(n));
        if (record === undefined || isOfOtherStreams(record, judgement)) continue;
        if (await this.#isCompleted(record, judgement, changed))
          completed.push({ n, id: record.id, version: record.version });
      }
      await immediate(); // whoever asks meanwhile is answered
    }
    await this.store.settle(completed);
  }

  /** Tells whoever follows of the flow, whole; for nobody only what is noted is found out. */
  async #isCompleted(
    record: FlowRecord,
    judgement: Judgement,
    changed: ((flow: Flow) => void) | undefined,
  ): Promise<boolean> {
    if (changed === undefined) return this.where.isCompleted(record, judgement);
    const flow = await this.where.judged(record, judgement);
    changed(flow);
    return flow.state === 'completed';
  }
}
