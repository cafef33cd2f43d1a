import type { JsMsg, StreamInfo } from '@nats-io/jetstream';
import type { Choreography } from '../model/choreography.ts';
import type { Durable } from '../model/course.ts';
import { Expectations, type Registered } from '../model/expectation.ts';
import { type Batch, type StreamEntry } from '../store/batch.ts';
import type { Remembered, Store } from '../store/store.ts';
import type { Broker } from './broker.ts';
import type { BusinessKeys } from './business-keys.ts';
import { EVENTS, entryOf } from './entry.ts';
import { Intake } from './intake.ts';
import { letterOf } from './letters.ts';
import { retryOf } from './notice.ts';
import { Observer } from './observer.ts';
import { Paces } from './pace.ts';
import { Reader } from './reader.ts';
import { Registry } from './registry.ts';
import { changesOf, isCovered, type Round, type RoundChanges } from './round.ts';
import { StreamNumbers } from './streams.ts';
import { Tap } from './tap.ts';

export interface ProjectorOptions {
  readonly choreography: Choreography;
  readonly businessKeys: BusinessKeys;
  /** Told of flows that something was written of. */
  readonly touched: (flows: readonly number[]) => void;
}

/** What is written at once. */
interface Gathered {
  readonly round: Round | undefined;
  readonly registered: RoundChanges;
  readonly batch: Batch;
}

const TICK_MS = 20;
const AGAIN_MS = 1_000;

/**
 * Keeps the store in step with the broker. Reading is bounded by what can be written; what is written goes with the
 * position that it was read up to, so that a crash loses nothing and repeats nothing.
 */
export class Projector {
  readonly paces = new Paces();
  expectations: Expectations;
  /** Consumers by the ledger's number, as of the last round that was written. */
  durables: ReadonlyMap<number, Durable>;
  /** Everything stored before then is known, ms since the epoch; 0 before the first round. */
  asOf = 0;
  lettersSince: number;
  /** Why nothing can be written; undefined while all is well. */
  #problem: string | undefined;
  readonly #numbers: StreamNumbers;
  readonly #registry: Registry;
  readonly #tap: Tap;
  readonly #observer: Observer;
  readonly #intake: Intake;
  readonly #readers = new Map<string, Reader>();
  readonly #created = new Map<string, string>();
  readonly #written = new Map<string, number>();
  readonly #rounds: Round[] = [];
  /** First sequence of EVENTS, when something below it may still be indexed. */
  #first: number | undefined;
  #lastFirst = 0;
  #remembered: readonly StreamEntry[];
  #isVoid: boolean;
  /** Gathered and not written yet. */
  #pending: Gathered | undefined;
  #wake: () => void = () => {};
  #stopped = false;
  readonly #running: Promise<void>;

  constructor(
    private readonly broker: Broker,
    private readonly store: Store,
    remembered: Remembered,
    private readonly options: ProjectorOptions,
  ) {
    this.lettersSince = remembered.lettersSince;
    this.#remembered = remembered.streams;
    this.#isVoid = remembered.streams.some(({ name }) => !isOurs(name, broker));
    this.#numbers = new StreamNumbers(broker, remembered.streams);
    this.#registry = new Registry(remembered.durables);
    this.expectations = this.#expectationsAsOf(0);
    this.durables = new Map(remembered.durables.map(({ durable }) => [durable.n, durable]));
    this.#intake = new Intake(() => this.#wake());
    this.#tap = new Tap(broker, (answer) => this.paces.heard(answer));
    this.#observer = new Observer(broker, this.#tap, this.#registry, this.#observed());
    this.#running = this.#run();
  }

  /** Why answers are older than they should be; undefined while they are not. */
  get problem(): string | undefined {
    return this.#problem ?? this.#observer.problem;
  }

  /** Answers may have passed unheard: what they were about is in doubt. */
  missed(): void {
    this.#observer.missed();
  }

  /** The ledger's number of a stream. */
  numberOf(stream: string): number {
    return this.#numbers.of(stream);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    await Promise.all([this.#observer.stop(), this.#stopReading(), this.#running]);
  }

  /** What was read and not written is dropped, so that whoever waits for room ends. */
  async #stopReading(): Promise<void> {
    const stopped = [...this.#readers.values()].map((reader) => reader.stop());
    this.#readers.clear();
    this.#intake.take();
    await Promise.all(stopped);
    this.#intake.take();
  }

  #observed(): ConstructorParameters<typeof Observer>[3] {
    const rounds = this.#rounds;
    return {
      get waiting(): number {
        return rounds.length;
      },
      open: (stream) => this.#open(stream),
      voided: (stream) => {
        this.broker.log.warn(
          { stream },
          `${stream} was made anew; the ledger is built anew from the streams`,
        );
        this.#isVoid = true;
        this.#wake();
      },
      take: (round) => {
        rounds.push(round);
        this.#wake();
      },
    };
  }

  async #open({ config: { name }, created, state }: StreamInfo): Promise<void> {
    const known = this.#remembered.find((stream) => stream.name === name);
    const upto = this.#written.get(name) ?? known?.upto ?? 0;
    if ((known !== undefined && known.created !== created) || upto > state.last_seq) this.#isVoid = true;
    if (this.#isVoid || this.#stopped) return;
    if (name === this.broker.names.deadLetters && known === undefined && state.first_seq > 1) {
      this.lettersSince = state.messages > 0 ? Date.parse(state.first_ts) : Date.now();
      await this.store.knowLettersSince(this.lettersSince);
    }
    const n = this.#numbers.of(name);
    this.#created.set(name, created);
    this.#written.set(name, upto);
    this.#readers.set(name, new Reader(this.broker, name, upto, (message) => this.#take(message, n)));
  }

  #take(message: JsMsg, n: number): Promise<void> | undefined {
    const { names } = this.broker;
    const { stream } = message.info;
    if (stream === names.deadLetters) {
      const letter = letterOf(message, n, names, (name) => this.#numbers.of(name));
      return letter === undefined ? undefined : this.#intake.put('letters', letter);
    }
    if (stream === names.notices) {
      const retry = retryOf(message, names);
      return retry === undefined ? undefined : this.#intake.put('notices', retry);
    }
    return this.#intake.put('messages', entryOf(message, n, names, this.options.businessKeys));
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      try {
        if (this.#isVoid) await this.#begin();
        await this.#write();
      } catch (error) {
        if (this.#stopped) return;
        this.#told(error);
        await this.#pause(AGAIN_MS);
      }
      await this.#pause(TICK_MS);
    }
  }

  #told(error: unknown): void {
    const problem = `The ledger (${this.store.where}) cannot be written: ${String(error)}`;
    if (problem !== this.#problem) this.broker.log.error({ err: error }, problem);
    this.#problem = problem;
  }

  /** Resolves after a while, or when there is something to do. */
  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, this.#intake.isFull ? 0 : ms);
      this.#wake = () => {
        clearTimeout(timer);
        setImmediate(resolve);
      };
    });
  }

  /** Writes what was read and heard. What could not be written is kept, and written first. */
  async #write(): Promise<void> {
    this.#pending ??= await this.#gather();
    if (this.#pending === undefined) return;
    const { batch, registered, round } = this.#pending;
    const touched = await this.store.write(batch, Date.now());
    for (const { name, upto } of batch.streams) this.#written.set(name, upto);
    if (round !== undefined) this.#applied(round, registered);
    for (const { durable } of registered.made) await this.store.unsettle(durable.subject);
    this.#pending = undefined;
    this.#problem = undefined;
    this.options.touched(touched);
    await this.#retain();
  }

  async #gather(): Promise<Gathered | undefined> {
    const round = await this.#nextRound();
    const read = this.#intake.take();
    const streams = this.#positions();
    const registered =
      round === undefined
        ? { changed: [], made: [], evidence: [] }
        : changesOf(round, this.#registry, this.#numbers);
    if (round === undefined && streams.length === 0) return undefined;
    const { changed, evidence } = registered;
    return { round, registered, batch: { ...read, evidence, streams, durables: changed } };
  }

  /** The oldest round, when everything that its marks ask for was read. */
  async #nextRound(): Promise<Round | undefined> {
    const [round] = this.#rounds;
    if (round === undefined) return undefined;
    if (!(await isCovered(round, this.#readers))) return undefined;
    return this.#rounds.shift();
  }

  /** How far streams are read beyond what is written. */
  #positions(): StreamEntry[] {
    return [...this.#readers.values()]
      .filter(({ stream, upto }) => upto > (this.#written.get(stream) ?? 0))
      .map(({ stream: name, upto }) => {
        return { n: this.#numbers.of(name), name, created: this.#created.get(name) ?? '', upto };
      });
  }

  #applied(round: Round, { changed }: { changed: readonly Registered[] }): void {
    this.asOf = round.at;
    const first = round.marks.get(this.broker.names.events)?.first;
    if (first !== undefined && first > this.#lastFirst) this.#first = this.#lastFirst = first;
    if (round.census === undefined) return;
    this.#registry.apply(changed, round.census.askedAt);
    if (changed.length > 0) {
      this.durables = new Map(this.#registry.entries.map(({ durable }) => [durable.n, durable]));
      this.paces.keepOnly((stream, consumer) => this.#registry.find(stream, consumer) !== undefined);
    }
    this.expectations = this.#expectationsAsOf(this.#registry.askedAt);
  }

  #expectationsAsOf(asOf: number): Expectations {
    const { choreography } = this.options;
    return new Expectations(this.broker.names, choreography, this.#registry.entries, asOf);
  }

  /** Follows the retention of EVENTS, a part at a time. */
  async #retain(): Promise<void> {
    if (this.#first === undefined) return;
    const first = this.#first;
    const hasMore = await this.store.retain(EVENTS, first);
    if (!hasMore && this.#first === first) this.#first = undefined;
  }

  /** Forgets everything and reads all streams from their beginnings. */
  async #begin(): Promise<void> {
    await this.#stopReading();
    this.#written.clear();
    this.#rounds.length = 0;
    this.#pending = undefined;
    await this.store.clear();
    this.#registry.clear();
    this.durables = new Map();
    this.expectations = this.#expectationsAsOf(0);
    this.#remembered = [];
    this.#isVoid = false;
    this.#observer.restart();
  }
}

/** Whether a stream is of this environment: a database of another one is of no use. */
function isOurs(name: string, { names }: Broker): boolean {
  const ours = [names.events, names.deadLetters, names.notices];
  return ours.includes(name) || name.startsWith(names.delayed(''));
}
