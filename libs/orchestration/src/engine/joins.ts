import type { FanOutRecord } from '../record.ts';
import { type Bucket, type Entry, NEVER_WRITTEN } from './bucket.ts';
import { Remembered } from './remembered.ts';

/** Gives the record as it is from now on: the same object when nothing changes. */
export type JoinChange = (fanOut: FanOutRecord) => FanOutRecord;

interface Waiting {
  readonly change: JoinChange;
  readonly resolve: (fanOut: FanOutRecord | undefined) => void;
  readonly reject: (error: unknown) => void;
}

/** A few hundred bytes each. */
const MOST_REMEMBERED = 1_000;

/**
 * The joins of fan-outs. Changes that come while the key of a join is being written share the next write, so that
 * counting branches costs less the more there is to count.
 */
export class Joins {
  readonly #known = new Remembered<Entry<FanOutRecord>>(MOST_REMEMBERED);
  readonly #waiting = new Map<string, Waiting[]>();

  constructor(private readonly bucket: Bucket) {}

  /** Resolves with the join once the change is stored, or was before; with undefined when there is no such join. */
  change(key: string, change: JoinChange): Promise<FanOutRecord | undefined> {
    return new Promise((resolve, reject) => {
      const waiting = this.#waiting.get(key);
      if (waiting !== undefined) {
        waiting.push({ change, resolve, reject });
        return;
      }
      this.#waiting.set(key, [{ change, resolve, reject }]);
      void this.#write(key);
    });
  }

  /** Begins a join; one that was begun before stays as it is. */
  async begin(key: string, fanOut: FanOutRecord): Promise<void> {
    const revision = await this.bucket.put(key, fanOut, NEVER_WRITTEN);
    if (revision !== undefined) this.#known.set(key, { record: fanOut, revision });
  }

  /** As it is in the bucket. */
  async read(key: string): Promise<FanOutRecord | undefined> {
    return (await this.#read(key))?.record;
  }

  async #read(key: string): Promise<Entry<FanOutRecord> | undefined> {
    const { record, revision } = await this.bucket.get<FanOutRecord>(key);
    return record && { record, revision };
  }

  async #write(key: string): Promise<void> {
    for (;;) {
      const waiting = this.#waiting.get(key) ?? [];
      if (waiting.length === 0) break;
      this.#waiting.set(key, []);
      try {
        const changed = await this.#changed(key, waiting);
        for (const { resolve } of waiting) resolve(changed);
      } catch (error) {
        this.#known.delete(key);
        for (const { reject } of waiting) reject(error);
      }
    }
    this.#waiting.delete(key);
  }

  async #changed(key: string, waiting: readonly Waiting[]): Promise<FanOutRecord | undefined> {
    for (let entry = this.#known.get(key) ?? (await this.#read(key)); ; entry = await this.#read(key)) {
      if (entry === undefined) return undefined;
      const record = waiting.reduce((fanOut, { change }) => change(fanOut), entry.record);
      if (record === entry.record) return record;
      const revision = await this.bucket.put(key, record, entry.revision);
      if (revision === undefined) continue; // another instance of the app counts too
      this.#known.set(key, { record, revision });
      return record;
    }
  }
}
