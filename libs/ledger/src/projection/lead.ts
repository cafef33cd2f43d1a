import type { StreamInfo } from '@nats-io/jetstream';
import { EVENTS } from '../model/record.ts';
import type { AsOf } from '../store/batch.ts';
import type { SharePositions } from '../store/shares.ts';
import type { Known, Store } from '../store/store.ts';
import type { Broker } from './broker.ts';
import { Observer } from './observer.ts';
import type { Readers } from './readers.ts';
import { Registry } from './registry.ts';
import { changesOf, type Round, type RoundChanges } from './round.ts';
import { StreamNumbers } from './streams.ts';
import type { Tap } from './tap.ts';

/** A round that may be written, with what it changes. */
export interface Due {
  readonly round: Round;
  readonly asOf: AsOf;
  readonly changes: RoundChanges;
}

/** Where the leading projector stands among all. */
export interface Standing {
  readonly broker: Broker;
  readonly store: Store;
  readonly readers: Readers;
  readonly tap: Tap;
  /** Called when a round is there to be written, or all is void. */
  readonly wake: () => void;
}

/**
 * What one projector does for all: it observes the broker, and writes what was answered. An answer is believed when all
 * shares, whosever they are, are indexed up to where the streams were when it was heard.
 */
export class Lead {
  /** What is known is of other streams than there are now. */
  isVoid = false;
  readonly #registry: Registry;
  readonly #numbers: StreamNumbers;
  readonly #observer: Observer;
  readonly #rounds: Round[] = [];
  #known: Known;
  /** First sequence of EVENTS, when something below it may still be indexed. */
  #first: number | undefined;
  #lastFirst = 0;

  /** @param positions of all shares */
  constructor(
    private readonly standing: Standing,
    known: Known,
    private readonly positions: readonly SharePositions[],
  ) {
    const { broker, tap } = standing;
    this.#known = known;
    this.#numbers = new StreamNumbers(broker, known.streams);
    this.#registry = new Registry(known.durables);
    tap.keep(true);
    this.#observer = new Observer(broker, tap, this.#registry, this.#observed());
  }

  /** Why the broker is not observed now; undefined while it is. */
  get problem(): string | undefined {
    return this.#observer.problem;
  }

  /** Answers may have passed unheard: what they were about is in doubt. */
  missed(): void {
    this.#observer.missed();
  }

  async stop(): Promise<void> {
    this.standing.tap.keep(false);
    await this.#observer.stop();
  }

  /** The oldest round, when everything that was stored before it was heard is indexed, or will be with what is read. */
  async due(mine: readonly number[]): Promise<Due | undefined> {
    const [round] = this.#rounds;
    if (round === undefined || !(await this.#isCovered(round, mine))) return undefined;
    const { at, census } = round;
    const asOf = { asOf: at, census: census?.n ?? this.#known.census };
    return { round, asOf, changes: changesOf(round, this.#registry, this.#numbers) };
  }

  /** Is told of a round that was written. @returns what is known by it */
  written({ round, asOf, changes }: Due): Known {
    this.#rounds.shift();
    const first = round.marks.get(this.standing.broker.names.events)?.first;
    if (first !== undefined && first > this.#lastFirst) this.#first = this.#lastFirst = first;
    if (round.census !== undefined) this.#registry.apply(changes.changed);
    this.#known = { ...this.#known, ...asOf, durables: this.#registry.entries };
    return this.#known;
  }

  /** Follows the retention of EVENTS, a part at a time. */
  async retain(): Promise<void> {
    if (this.#first === undefined) return;
    const first = this.#first;
    const hasMore = await this.standing.store.retain(EVENTS, first);
    if (!hasMore && this.#first === first) this.#first = undefined;
  }

  #observed(): ConstructorParameters<typeof Observer>[3] {
    const rounds = this.#rounds;
    const { store, broker, wake } = this.standing;
    return {
      get waiting(): number {
        return rounds.length;
      },
      open: (stream) => this.#open(stream),
      beginCensus: () => store.beginCensus().catch(() => undefined), // the next write tells why
      voided: (stream) => {
        broker.log.warn({ stream }, `${stream} was made anew; the ledger is built anew from the streams`);
        this.isVoid = true;
        wake();
      },
      take: (round) => {
        rounds.push(round);
        wake();
      },
    };
  }

  async #open({ config: { name }, created, state }: StreamInfo): Promise<void> {
    const { store, broker } = this.standing;
    const known = this.#known.streams.find((stream) => stream.name === name);
    const n = this.#numbers.of(name);
    const upto = Math.max(0, ...this.positions.map((share) => share.upto[n] ?? 0));
    if ((known !== undefined && known.created !== created) || upto > state.last_seq) this.isVoid = true;
    if (this.isVoid) return;
    if (known === undefined) {
      if (name === broker.names.deadLetters && state.first_seq > 1) {
        const lettersSince = state.messages > 0 ? Date.parse(state.first_ts) : Date.now();
        await store.knowLettersSince(lettersSince);
        this.#known = { ...this.#known, lettersSince };
      }
      const entry = { n, name, created };
      await store.knowStream(entry);
      this.#known = { ...this.#known, streams: [...this.#known.streams, entry] };
    }
  }

  async #isCovered({ marks }: Round, mine: readonly number[]): Promise<boolean> {
    const { readers, store } = this.standing;
    const ends = new Map([...marks].map(([stream, { last }]) => [stream, last]));
    // A stream may be found while the shares change, and then nobody reads it yet.
    for (const stream of ends.keys()) readers.open(this.#numbers.of(stream), stream);
    if (!(await readers.haveRead(ends))) return false;
    if (mine.length === store.shares.count) return true;
    const others = (await store.shares.positions()).filter(({ share }) => !mine.includes(share));
    return others.every(({ upto }) =>
      [...ends].every(([stream, last]) => (upto[this.#numbers.of(stream)] ?? 0) >= last),
    );
  }
}
