import { setTimeout as delay } from 'node:timers/promises';
import { AckPolicy, DeliverPolicy } from '@nats-io/jetstream';
import { nanos, nuid } from '@nats-io/nats-core';
import type { Broker } from './broker.ts';
import { Pulls, type Stored } from './pulls.ts';

/** What becomes of what is read. */
export interface Taker {
  /** The reader goes on when it resolves. */
  take(stored: Stored): Promise<void> | undefined;
  /** Called when everything that was there is read. */
  rested(): void;
}

/** After which the broker drops a consumer whose ledger was killed. */
const INACTIVE_MS = 30_000;
const AGAIN_MS = 500;
/** Silence after which the broker is asked whether there is anything left. */
const SILENCE_MS = 200;

/**
 * Reads a stream from one sequence on, for ever and in order. Its consumer is ephemeral and acknowledges nothing: it
 * holds back no message and leaves nothing behind.
 */
export class Reader {
  /** Everything up to here was given to the taker. */
  upto: number;
  #consumer: string | undefined;
  #pulls: Pulls | undefined;
  #askedAt = Number.NEGATIVE_INFINITY;
  #problem: string | undefined;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(
    private readonly broker: Broker,
    readonly stream: string,
    after: number,
    private readonly taker: Taker,
  ) {
    this.upto = after;
    this.#running = this.#run();
  }

  /**
   * Whether everything up to a sequence was read. The last messages of a stream may be gone (a schedule that fired, a
   * purge): when nothing comes, the broker is asked whether there is any, and whether all that it delivered was taken.
   */
  async hasRead(seq: number): Promise<boolean> {
    if (this.upto >= seq) return true;
    const pulls = this.#pulls;
    const now = performance.now();
    if (pulls === undefined || now - Math.max(pulls.heardAt, this.#askedAt) < SILENCE_MS) return false;
    this.#askedAt = now;
    const info = await this.#info().catch(() => undefined);
    const isTaken = info?.delivered.consumer_seq === pulls.taken;
    if (info?.num_pending === 0 && isTaken && pulls === this.#pulls) this.upto = Math.max(this.upto, seq);
    return this.upto >= seq;
  }

  /** Resolves when what is in the taker's hands is taken. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#read().catch((error) => this.#failed(error));
      await delay(AGAIN_MS, undefined, { signal }).catch(() => {});
    }
  }

  #failed(error: unknown): void {
    const problem = String(error);
    const { stream } = this;
    if (problem !== this.#problem)
      this.broker.log.warn({ err: error, stream }, `cannot read ${stream} now; trying again`);
    this.#problem = problem;
  }

  /** Rejects when nothing more comes. */
  async #read(): Promise<void> {
    const { broker, stream } = this;
    const { signal } = this.#stop;
    const { name } = await broker.manager.consumers.add(stream, {
      name: `ledger_${nuid.next()}`,
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.upto + 1,
      inactive_threshold: nanos(INACTIVE_MS),
      mem_storage: true,
      num_replicas: 1,
    });
    this.#consumer = name;
    const over = Promise.withResolvers<void>();
    signal.addEventListener('abort', () => over.resolve(), { once: true });
    if (signal.aborted) over.resolve();
    const pulls = new Pulls(broker, stream, name, {
      take: (stored) => this.#take(stored),
      rested: () => {
        this.#problem = undefined;
        this.taker.rested();
      },
      failed: (why) => over.reject(new Error(why)),
    });
    this.#pulls = pulls;
    try {
      await over.promise;
    } finally {
      this.#pulls = undefined;
      await pulls.stop();
      const deleted = broker.manager.consumers.delete(stream, name).catch(() => {}); // it ends by itself too
      if (signal.aborted) await deleted;
    }
  }

  #take(stored: Stored): Promise<void> | undefined {
    const taken = this.taker.take(stored);
    if (taken === undefined) this.upto = stored.seq;
    return taken?.then(() => {
      this.upto = stored.seq;
    });
  }

  #info() {
    return this.broker.manager.consumers.info(this.stream, this.#consumer ?? '');
  }
}
