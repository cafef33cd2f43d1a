import { LedgerStoreError } from '../errors.ts';
import type { Registered } from '../model/expectation.ts';
import type { FlowRecord, StoredMessage } from '../model/record.ts';
import type { AsOf, Batch, StreamEntry } from './batch.ts';
import type { Database } from './database.ts';
import { Found } from './found.ts';
import { type FlowEntry, type FlowSlice, Reading } from './reading.ts';
import { Records } from './records.ts';
import { retain } from './retention.ts';
import { IS_MADE, madeAnew, NOTE_ROWS, NOTES, STREAM_ROWS } from './schema.ts';
import { next, Shares } from './shares.ts';
import { Words } from './words.ts';
import { Writing, type Written } from './writing.ts';

/** What the projectors know by the last round that one of them wrote. */
export interface Known extends AsOf {
  readonly streams: readonly StreamEntry[];
  readonly durables: readonly Registered[];
  /** Dead letters are known from then on, ms since the epoch. */
  readonly lettersSince: number;
}

/** A flow that has nothing left to do, as it was read. */
export type Settled = Pick<FlowRecord, 'id' | 'version'> & { readonly n: number };

/**
 * The index of all messages, in a database: what projectors write and what queries read. Payloads are not kept. Any
 * number of projectors, each with its shares, and any number of readers.
 */
export class Store {
  readonly shares: Shares;
  readonly #words = new Words();
  readonly #writing: Writing;
  readonly #records: Records;
  readonly #reading: Reading;
  readonly #found: Found;

  /** @param environment the prefix of its names */
  constructor(
    private readonly database: Database,
    private readonly environment = '',
  ) {
    this.shares = new Shares(database);
    this.#writing = new Writing(database, this.#words, this.shares.count);
    this.#records = new Records(database, this.#words);
    this.#reading = new Reading(database, this.#words);
    this.#found = new Found(database, this.#words);
  }

  get where(): string {
    return this.database.where;
  }

  /**
   * A database of another format, or one for a single process that has another environment, is made anew.
   * @throws LedgerStoreError when it cannot be opened, or several processes may have it for another environment
   */
  async open(): Promise<void> {
    await this.database.open(NOTES);
    const anew = madeAnew(this.shares.count, this.environment);
    await this.database.open(anew, IS_MADE);
    const environment = (await this.#notes()).get('environment');
    if (environment === this.environment) return;
    if (this.database.exchange !== undefined)
      throw new LedgerStoreError(
        `The ledger’s database (${this.where}) is that of the prefix "${environment}": give the prefix "${this.environment}" one of its own.`,
      );
    await this.database.open(anew);
  }

  async known(): Promise<Known> {
    const notes = await this.#notes();
    const nothing: AsOf = { asOf: 0, census: 0 };
    const asOf = notes.get('as-of');
    const streams = await this.database.all<StreamEntry>('SELECT n, name, created FROM stream ORDER BY n');
    const durables = await this.database.all<{ content: string }>('SELECT content FROM durable');
    return {
      ...(asOf === undefined ? nothing : (JSON.parse(asOf) as AsOf)),
      streams: streams.map((row) => ({ ...row })),
      durables: durables.map(({ content }) => JSON.parse(content) as Registered),
      lettersSince: Number(notes.get('letters-since') ?? 0),
    };
  }

  /** Forgets what is in memory for writing: another projector may have written what is written from now on. */
  forget(): void {
    this.#writing.forget();
  }

  /** Which consumers there are. */
  know(durables: readonly Registered[]): void {
    this.#writing.know(durables);
  }

  /** Hears what was written, by every process that has the database; once. */
  listen(heard: (written: Written) => void): void {
    this.#writing.listen(heard);
  }

  /** All of it, or nothing when it rejects; and nothing, undefined, when one of the shares is somebody else's. */
  write(batch: Batch, projector: number, now: number): Promise<Written | undefined> {
    return this.#writing.write(batch, projector, now);
  }

  /** Forgets everything, and that any share is anybody's: it is read anew from the streams. */
  async clear(): Promise<void> {
    await this.database.open(madeAnew(this.shares.count, this.environment));
    this.forget();
  }

  /** The number of a census that begins now. */
  beginCensus(): Promise<number> {
    return this.database.transaction((session) => next(session, 'census'));
  }

  async knowStream({ n, name, created }: StreamEntry): Promise<void> {
    await this.database.transaction((session) => session.insert(STREAM_ROWS, [[name, n, created]]));
  }

  async knowLettersSince(at: number): Promise<void> {
    const note = ['letters-since', String(at)];
    await this.database.transaction((session) => session.insert(NOTE_ROWS, [note]));
  }

  /** Drops what a stream no longer has, a part of it at a time. Resolves to whether there is more. */
  async retain(stream: number, firstSeq: number): Promise<boolean> {
    const hasMore = await retain(this.database, stream, firstSeq);
    this.#writing.forgetFlows();
    return hasMore;
  }

  /** Marks flows as having nothing left to do, each unless it is another version by now. */
  async settle(flows: readonly Settled[]): Promise<void> {
    if (flows.length === 0) return;
    const inOrder = [...flows].sort((a, b) => (a.id < b.id ? -1 : 1)); // as they are written: nobody waits in a circle
    await this.database.transaction(async (session) => {
      for (const { n, version } of inOrder)
        await session.run('UPDATE flow SET unsettled = 0 WHERE n = $1 AND version = $2', [n, version]);
    });
  }

  /**
   * Takes back that flows with a message on a subject have nothing left to do: a census found a new step for it, and
   * only a younger one may tell again that they are completed. What is as of this census or a later one stays: whoever
   * settled it knew of the step.
   */
  async unsettle(subject: string, census: number): Promise<void> {
    const word = await this.#words.find(this.database, subject);
    if (word === undefined) return;
    await this.database.run(
      `UPDATE flow SET unsettled = 1, version = version + 1, census = $2 WHERE census < $3
        AND EXISTS (SELECT 1 FROM message WHERE message.flow = flow.n AND message.subject = $1)`,
      [word, census, census],
    );
  }

  /** Everything of a flow; undefined when it is not known. At most `limit` messages. */
  flow(n: number, limit?: number): Promise<FlowRecord | undefined> {
    return this.#records.flow(n, limit);
  }

  /**
   * Everything of up to 50 flows, by their numbers, at the cost of a few. Some may be left out: those that something was
   * written of meanwhile, and all of them when they are long.
   */
  records(numbers: readonly number[]): Promise<ReadonlyMap<number, FlowRecord>> {
    return this.#records.flows(numbers);
  }

  /** The messages of a flow that EVENTS stored last, oldest first. */
  last(n: number, id: string, limit: number): Promise<StoredMessage[]> {
    return this.#records.last(n, id, limit);
  }

  /** The ledger's number of a flow; undefined when it is not known. */
  numberOf(id: string): Promise<number | undefined> {
    return this.#found.flow(id);
  }

  /** The ledger's numbers of the flows that one handed off to, youngest first. */
  handedOff(parent: string, limit: number): Promise<number[]> {
    return this.#reading.handedOff(parent, limit);
  }

  flows(slice: FlowSlice): Promise<FlowEntry[]> {
    return this.#reading.flows(slice);
  }

  /** Messages on a subject from behind one sequence up to another, counted by two look-ups for each share. */
  between(subject: string, stream: number, after: number, upTo: number): Promise<number> {
    return this.#reading.between(subject, stream, after, upTo);
  }

  /** Flows by what a person has in hand. */
  find(key: string, limit: number): ReturnType<Found['find']> {
    return this.#found.find(key, limit);
  }

  close(): Promise<void> {
    return this.database.close();
  }

  async #notes(): Promise<Map<string, string>> {
    const rows = await this.database.all<{ name: string; content: string }>('SELECT name, content FROM note');
    return new Map(rows.map(({ name, content }) => [name, content]));
  }
}
