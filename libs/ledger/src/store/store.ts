import type { Registered } from '../model/expectation.ts';
import type { FlowRecord } from '../model/record.ts';
import type { Batch, StreamEntry } from './batch.ts';
import type { Database } from './database.ts';
import { Found } from './found.ts';
import { type FlowEntry, type FlowSlice, Reading } from './reading.ts';
import { retain } from './retention.ts';
import { DROPPED, FORMAT, NOTES, SCHEMA } from './schema.ts';
import { Words } from './words.ts';
import { Writing } from './writing.ts';

/** What the ledger knew when it was last open. */
export interface Remembered {
  readonly streams: readonly StreamEntry[];
  readonly durables: readonly Registered[];
  /** Dead letters are known from then on, ms since the epoch. */
  readonly lettersSince: number;
}

/**
 * The index of all messages, in a database: what the projection writes and what queries read. Payloads are not kept.
 * One writer; any number of readers.
 */
export class Store {
  readonly #words = new Words();
  readonly #writing: Writing;
  readonly #reading: Reading;
  readonly #found: Found;

  constructor(private readonly database: Database) {
    this.#writing = new Writing(database, this.#words);
    this.#reading = new Reading(database, this.#words);
    this.#found = new Found(database, this.#words);
  }

  get where(): string {
    return this.database.where;
  }

  /** @throws LedgerStoreError */
  async open(): Promise<Remembered> {
    await this.database.open(NOTES);
    if ((await this.#note('format')) !== FORMAT) await this.clear();
    await this.#words.load(this.database);
    await this.#writing.load();
    const streams = await this.database.all<StreamEntry>(
      'SELECT n, name, created, upto FROM stream ORDER BY n',
    );
    return {
      streams: streams.map((row) => ({ ...row })),
      durables: (await this.database.all<{ content: string }>('SELECT content FROM durable')).map(
        ({ content }) => JSON.parse(content) as Registered,
      ),
      lettersSince: Number((await this.#note('letters-since')) ?? 0),
    };
  }

  /** All of it or nothing. Resolves to the flows that it touched. */
  write(batch: Batch, now: number): Promise<number[]> {
    return this.#writing.write(batch, now);
  }

  /** Forgets everything: it is read anew from the streams. */
  async clear(): Promise<void> {
    await this.database.open(`${DROPPED}${SCHEMA}`);
    await this.database.run('INSERT INTO note (name, content) VALUES ($1, $2)', ['format', FORMAT]);
    await this.#words.forget(this.database);
    await this.#writing.load();
  }

  async knowLettersSince(at: number): Promise<void> {
    await this.database.run('DELETE FROM note WHERE name = $1', ['letters-since']);
    await this.database.run('INSERT INTO note (name, content) VALUES ($1, $2)', [
      'letters-since',
      String(at),
    ]);
  }

  /** Drops what a stream no longer has, a part of it at a time. Resolves to whether there is more. */
  async retain(stream: number, firstSeq: number): Promise<boolean> {
    const hasMore = await retain(this.database, stream, firstSeq);
    this.#writing.forgetFlows();
    return hasMore;
  }

  /** Marks flows as having nothing left to do, each unless something was indexed of it since it was read. */
  async settle(flows: readonly { readonly n: number; readonly indexedAt: number }[]): Promise<void> {
    if (flows.length === 0) return;
    await this.database.transaction(async (session) => {
      for (const { n, indexedAt } of flows)
        await session.run('UPDATE flow SET unsettled = 0 WHERE n = $1 AND indexed <= $2', [n, indexedAt]);
    });
  }

  /** Takes back that flows with a message on a subject have nothing left to do: there is a new step for it. */
  async unsettle(subject: string): Promise<void> {
    const word = await this.#words.find(this.database, subject);
    if (word === undefined) return;
    await this.database.run(
      `UPDATE flow SET unsettled = 1 WHERE unsettled = 0
        AND EXISTS (SELECT 1 FROM message WHERE message.flow = flow.n AND message.subject = $1)`,
      [word],
    );
  }

  /** Everything of a flow; undefined when it is not known. At most `limit` messages. */
  flow(n: number, limit?: number): Promise<FlowRecord | undefined> {
    return this.#reading.flow(n, limit);
  }

  flows(slice: FlowSlice): Promise<FlowEntry[]> {
    return this.#reading.flows(slice);
  }

  /** Messages on a subject from behind one sequence up to another, counted by two look-ups. */
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

  async #note(name: string): Promise<string | undefined> {
    const [row] = await this.database.all<{ content: string }>('SELECT content FROM note WHERE name = $1', [
      name,
    ]);
    return row?.content;
  }
}
