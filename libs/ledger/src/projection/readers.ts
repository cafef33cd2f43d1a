import { setTimeout as delay } from 'node:timers/promises';
import { sizeOf } from '@troupe/jetstream';
import type { StreamEntry } from '../store/batch.ts';
import { type Positions, type SharePositions, shareOf } from '../store/shares.ts';
import type { Broker } from './broker.ts';
import { type BusinessKeys, KeyPaths } from './business-keys.ts';
import { entryOf } from './entry.ts';
import { givenUpOf } from './given-up.ts';
import { Intake } from './intake.ts';
import { letterOf } from './letters.ts';
import { retryOf } from './notice.ts';
import type { Stored } from './pulls.ts';
import { Reader } from './reader.ts';

/** How long a letter about a stream that is not known waits for it. */
const UNKNOWN_MS = 30_000;
const UNKNOWN_AGAIN_MS = 50;

/**
 * Reads the streams for the shares that a projector has. Each stream is read whole, and what is of other shares left
 * out: a consumer with a filter for each lane is several times slower, and subjects without a lane have no filter.
 */
export class Readers {
  readonly #keyPaths: KeyPaths;
  readonly #intake: Intake;
  readonly #readers = new Map<number, Reader>();
  /** What is in the intake, though its reader still waits for room. */
  readonly #taken = new Map<number, number>();
  /** How far each share was indexed when it was taken. */
  #began: ReadonlyMap<number, Positions> = new Map();
  #written = '';

  constructor(
    private readonly broker: Broker,
    private readonly shareCount: number,
    businessKeys: BusinessKeys,
    private readonly wake: () => void,
  ) {
    this.#keyPaths = new KeyPaths(businessKeys);
    this.#intake = new Intake(wake);
  }

  /** Goes on with these shares, where each of them is. What was read and not taken is dropped. */
  async begin(shares: readonly SharePositions[], streams: readonly StreamEntry[]): Promise<void> {
    await this.stop();
    this.#began = new Map(shares.map(({ share, upto }) => [share, upto]));
    for (const { n, name } of streams) this.open(n, name);
    this.written(this.positions());
  }

  /** Reads a stream too, from where its shares are. */
  open(n: number, name: string): void {
    if (this.#readers.has(n) || this.#began.size === 0) return;
    const after = Math.min(...[...this.#began.values()].map((upto) => upto[n] ?? 0));
    const taker = { take: (stored: Stored) => this.#take(stored, n), rested: this.wake };
    this.#readers.set(n, new Reader(this.broker, name, after, taker));
  }

  /** What was read and not written is dropped, so that whoever waits for room ends. */
  async stop(): Promise<void> {
    this.#began = new Map();
    const stopped = [...this.#readers.values()].map((reader) => reader.stop());
    this.#readers.clear();
    this.#taken.clear();
    this.#intake.take();
    await Promise.all(stopped);
    this.#intake.take();
  }

  /** What was read since the last time; it is to be written with the positions that are asked for next. */
  take(): ReturnType<Intake['take']> {
    return this.#intake.take();
  }

  /** Whether readers wait until something is taken. */
  get isFull(): boolean {
    return this.#intake.isFull;
  }

  /** How far each share is read. */
  positions(): SharePositions[] {
    return [...this.#began].map(([share, began]) => {
      const upto: Record<number, number> = { ...began };
      for (const [n, reader] of this.#readers)
        upto[n] = Math.max(reader.upto, this.#taken.get(n) ?? 0, began[n] ?? 0);
      return { share, upto };
    });
  }

  /** Whether something was read beyond what is written. */
  get isAhead(): boolean {
    return JSON.stringify(this.positions()) !== this.#written;
  }

  written(shares: readonly SharePositions[]): void {
    this.#written = JSON.stringify(shares);
  }

  /** Whether every stream is read up to the end that it has here. */
  async haveRead(ends: ReadonlyMap<string, number>): Promise<boolean> {
    const readers = new Map([...this.#readers.values()].map((reader) => [reader.stream, reader]));
    const read = await Promise.all(
      [...ends].map(async ([stream, last]) => (await readers.get(stream)?.hasRead(last)) === true),
    );
    return read.every(Boolean);
  }

  #take(stored: Stored, n: number): Promise<void> | undefined {
    const { stream, seq, subject } = stored;
    const share = shareOf(subject, this.shareCount);
    const began = this.#began.get(share);
    if (began === undefined || seq <= (began[n] ?? 0)) return undefined;
    const { names } = this.broker;
    if (stream === names.deadLetters) return this.#takeLetter(stored, n);
    this.#taken.set(n, seq);
    const bytes = sizeOf(stored.message);
    if (stream === names.notices) {
      const retry = retryOf(stored, names);
      if (retry !== undefined) return this.#intake.put('notices', retry, bytes);
      const givenUp = givenUpOf(stored, n, names);
      return givenUp === undefined ? undefined : this.#intake.put('letters', givenUp, bytes);
    }
    return this.#intake.put('messages', entryOf(stored, n, share, names, this.#keyPaths), bytes);
  }

  /** A letter may be about a stream that is younger than the last look at the streams. */
  async #takeLetter(stored: Stored, n: number): Promise<void> {
    const patience = performance.now() + UNKNOWN_MS;
    const letter = () =>
      letterOf(
        stored,
        n,
        this.broker.names,
        (stream) => [...this.#readers].find(([, reader]) => reader.stream === stream)?.[0],
      );
    let found = letter();
    while (found === 'of an unknown stream' && this.#began.size > 0 && performance.now() < patience) {
      await delay(UNKNOWN_AGAIN_MS);
      found = letter();
    }
    if (typeof found !== 'object' || this.#began.size === 0) return;
    this.#taken.set(n, stored.seq);
    await this.#intake.put('letters', found, sizeOf(stored.message));
  }
}
