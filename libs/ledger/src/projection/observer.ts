import { setTimeout as delay } from 'node:timers/promises';
import type { ConsumerInfo, StreamInfo } from '@nats-io/jetstream';
import { BEAT_MS } from './beat.ts';
import type { Broker } from './broker.ts';
import { type Census, consumersOf, type Registry } from './registry.ts';
import type { Round } from './round.ts';
import { infoOf, orUndefined, streamsOf } from './streams.ts';
import type { Tap } from './tap.ts';

/** How often the broker is asked for its consumers. */
const CENSUS_MS = 500;
/** Rounds that may wait for the readers; meanwhile nothing is asked. */
const WAITING = 20;

/** Who takes what was observed. */
export interface Observed {
  /** Begins to read a stream; what is known of one that was made anew or lost its end is void. */
  open(stream: StreamInfo): Promise<void>;
  /** A stream is gone or was made anew: what is known is void. */
  voided(stream: string): void;
  /** The number of a census that begins now; undefined while the database gives none. */
  beginCensus(): Promise<number | undefined>;
  take(round: Round): void;
  /** Rounds that were taken and are not written yet. */
  readonly waiting: number;
}

/**
 * Listens and asks, off the path: gathers the answers that passed and what the broker says of its consumers into
 * rounds, each with the ends of all streams as they were afterwards.
 */
export class Observer {
  readonly #known = new Map<string, string>();
  /** Streams that were listened to before they were made: nothing of them was missed. */
  readonly #heardFrom = new Set<string>();
  /** Streams whose answers may have been missed, and until when. */
  #doubts = new Map<string, number>();
  #askedAt = Number.NEGATIVE_INFINITY;
  #problem: string | undefined;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(
    private readonly broker: Broker,
    private readonly tap: Tap,
    private readonly registry: Registry,
    private readonly observed: Observed,
  ) {
    this.#running = this.#run();
  }

  /** Why the broker is not observed now; undefined while it is. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** Answers may have passed unheard until now. */
  missed(): void {
    this.#heardFrom.clear();
    for (const stream of this.#known.keys()) this.#doubts.set(stream, Date.now());
    this.#askedAt = Number.NEGATIVE_INFINITY;
  }

  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { signal } = this.#stop;
    await this.#listenEarly().catch((error) => this.#failed(error));
    while (!signal.aborted) {
      const isDue = performance.now() - this.#askedAt > CENSUS_MS;
      const isFull = this.observed.waiting >= WAITING;
      if (!isFull && (isDue || !this.tap.isEmpty))
        await this.#round(isDue).catch((error) => this.#failed(error));
      await delay(BEAT_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** An environment may be made while it is watched: then its first answers are heard. */
  async #listenEarly(): Promise<void> {
    const { events } = this.broker.names;
    await this.tap.listen(events);
    if ((await infoOf(this.broker, events)) === undefined) this.#heardFrom.add(events);
  }

  #failed(error: unknown): void {
    const problem = error instanceof Error ? error.message : String(error);
    if (problem !== this.#problem) this.broker.log.warn({ err: error }, 'the broker cannot be observed now');
    this.#problem = problem;
    this.missed(); // what was taken for this round is gone
  }

  async #round(isDue: boolean): Promise<void> {
    let n = isDue ? await this.observed.beginCensus() : undefined;
    if (isDue && n === undefined) return; // nothing is taken as long as nothing can be written
    const { answers, overflowed } = this.tap.take();
    if (overflowed) this.missed();
    const isNew = answers.some(({ stream, consumer }) => !this.registry.knows(stream, consumer));
    if (isNew) n ??= await this.observed.beginCensus();
    const census = n === undefined ? undefined : await this.#census(n);
    const at = Date.now();
    const marks = await this.#marks();
    if (marks === undefined) return;
    this.observed.take({ answers, census, marks, at });
    this.#problem = undefined;
  }

  /**
   * Consumers first, then streams: an app makes its stream before its consumers, so whoever knows a consumer knows the
   * stream that its delayed retries go to.
   */
  async #census(n: number): Promise<Census> {
    this.#askedAt = performance.now();
    const doubts = this.#doubts;
    this.#doubts = new Map();
    const infos: ConsumerInfo[] = [];
    for (const stream of this.#known.keys())
      infos.push(...((await orUndefined(consumersOf(this.broker, stream))) ?? []));
    for (const name of await streamsOf(this.broker)) {
      if (this.#known.has(name)) continue;
      const info = await infoOf(this.broker, name);
      if (info === undefined) continue;
      await this.tap.listen(name);
      if (!this.#heardFrom.has(name)) doubts.set(name, Date.now());
      this.#known.set(name, info.created);
      await this.observed.open(info);
      infos.push(...((await orUndefined(consumersOf(this.broker, name))) ?? []));
    }
    return { n, infos, streams: [...this.#known.keys()], doubts };
  }

  /** The ends of all streams; undefined when what is known of one is void. */
  async #marks(): Promise<Round['marks'] | undefined> {
    const marks = new Map<string, { first: number; last: number }>();
    const asked = [...this.#known].map(async ([name, created]) => {
      const info = await infoOf(this.broker, name);
      const isSame = info?.created === created;
      if (isSame) marks.set(name, { first: info.state.first_seq, last: info.state.last_seq });
      return { name, isSame };
    });
    const other = (await Promise.all(asked)).find(({ isSame }) => !isSame);
    if (other === undefined) return marks;
    this.observed.voided(other.name);
    return undefined;
  }
}
