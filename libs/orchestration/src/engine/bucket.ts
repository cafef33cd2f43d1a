import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
  type StoredMsg,
} from '@nats-io/jetstream';
import { headers, type NatsConnection } from '@nats-io/transport-node';
import { EffectsUnavailableError, type Outlet, PublishRefusedError } from '@troupe/jetstream';
import { RecordDamagedError, RecordTooLargeError } from '../errors.ts';
import { LARGEST_RECORD } from '../limits.ts';
import { bucketStream } from './bucket-stream.ts';
import { readStoredText, storedText } from './stored-text.ts';
import { type Written, writtenFrom } from './written.ts';

/** A record and the revision that a change of it must name; a key without one has a revision too. */
export interface Entry<T> {
  readonly record: T;
  readonly revision: number;
}

const TIMEOUT_MS = 5_000;
/** How long it is known that a key was removed. */
const MARKER_TTL = '60s';
const WRONG_LAST_SEQUENCE = 10_071;

/** How a bucket is reached. */
export interface BucketAccess {
  /** What the subjects of the JetStream API begin with. Default: the server's own. */
  readonly api?: string | undefined;
  /** How an app writes, at less cost than the client has. Default: as the client does. */
  readonly store?: Outlet['store'] | undefined;
}

/** Revision of a key that nobody wrote yet. */
export const NEVER_WRITTEN = 0;

/**
 * The bucket that holds an app's orchestrations. Single records are read from the stream's leader, and every change
 * names the revision that it is made from: of any number of writers at once, one wins.
 */
export class Bucket {
  readonly #jetstream: JetStreamClient;
  readonly #manager: JetStreamManager;
  readonly #stream: string;
  readonly #subject: string;
  readonly #store: Outlet['store'] | undefined;

  private constructor(
    client: NatsConnection,
    manager: JetStreamManager,
    readonly name: string,
    { api, store }: BucketAccess,
  ) {
    this.#jetstream = jetstream(client, apiOf(api));
    this.#store = store;
    this.#manager = manager;
    this.#stream = `KV_${name}`;
    this.#subject = `$KV.${name}.`;
  }

  static async of(client: NatsConnection, name: string, access: BucketAccess = {}): Promise<Bucket> {
    const manager = await jetstreamManager(client, { ...apiOf(access.api), checkAPI: false });
    return new Bucket(client, manager, name, access);
  }

  /** When the broker made it; undefined when there is none. */
  async madeAt(): Promise<string | undefined> {
    try {
      return (await this.#manager.streams.info(this.#stream)).created;
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound)
        return undefined;
      throw error;
    }
  }

  async make(replicas: number): Promise<void> {
    await this.#manager.streams.add(bucketStream(this.#stream, `${this.#subject}>`, replicas));
  }

  /** @throws RecordDamagedError, EffectsUnavailableError */
  async get<T extends object>(key: string): Promise<Entry<T | undefined>> {
    const found = await this.#asked(
      this.#manager.streams.getMessage(this.#stream, { last_by_subj: this.#subject + key }),
    );
    if (found === null) return { record: undefined, revision: NEVER_WRITTEN };
    return found.data.length === 0 ? { record: undefined, revision: found.seq } : this.#entry(found);
  }

  /**
   * Writes over `revision`, or with `NEVER_WRITTEN` where nothing is; gives the new revision, or undefined when
   * somebody else was faster.
   * @param ttl when the key goes by itself: `3600s`. Default: never
   * @throws RecordTooLargeError
   * @throws EffectsUnavailableError when it is not known to be written
   */
  async put(key: string, record: object, revision: number, ttl?: string): Promise<number | undefined> {
    const text = storedText(record);
    if (text.length > LARGEST_RECORD)
      throw new RecordTooLargeError(this.name, key, text.length, LARGEST_RECORD);
    try {
      return await this.#put(this.#subject + key, text, revision, ttl);
    } catch (error) {
      if (isBehind(error)) return undefined;
      throw this.#unavailable(error);
    }
  }

  #put(subject: string, text: string, revision: number, ttl: string | undefined): Promise<number> {
    if (this.#store === undefined) {
      const expect = { lastSubjectSequence: revision };
      const options = { expect, ...(ttl !== undefined && { ttl }) };
      return this.#jetstream.publish(subject, text, options).then(({ seq }) => seq);
    }
    const lives = ttl === undefined ? '' : `Nats-TTL: ${ttl}\r\n`;
    const head = `NATS/1.0\r\nNats-Expected-Last-Subject-Sequence: ${revision}\r\n${lives}\r\n`;
    const headers = Buffer.from(head);
    return this.#store({ subject, messageId: undefined, headers, payload: Buffer.from(text) });
  }

  /**
   * Removes what stands there at `revision`; nothing when somebody changed it.
   * @throws EffectsUnavailableError when it is not known to be removed
   */
  async remove(key: string, revision: number): Promise<void> {
    const gone = headers();
    gone.append('KV-Operation', 'PURGE');
    gone.append('Nats-Rollup', 'sub');
    try {
      const expect = { lastSubjectSequence: revision };
      await this.#jetstream.publish(this.#subject + key, undefined, {
        expect,
        headers: gone,
        ttl: MARKER_TTL,
      });
    } catch (error) {
      if (isBehind(error)) return;
      throw this.#unavailable(error);
    }
  }

  /**
   * All records whose keys match, in no order; a copy of the stream may answer, which may be a moment behind.
   * @throws RecordDamagedError, EffectsUnavailableError
   */
  async all<T extends object>(pattern: string): Promise<Map<string, Entry<T>>> {
    const found = new Map<string, Entry<T>>();
    for await (const page of this.written(pattern)) {
      for (const { key, revision, read } of page) {
        if (read === undefined) continue;
        if ('problem' in read) throw new RecordDamagedError(this.name, key, read.problem);
        found.set(key, { record: read.record as T, revision });
      }
    }
    return found;
  }

  /**
   * What was written last under keys that match, after a revision, oldest first and in pages. What is gone because its
   * time was over is not told. A copy of the stream may answer.
   * @throws EffectsUnavailableError
   */
  async *written(pattern: string, after = 0): AsyncGenerator<readonly Written[]> {
    const place = { stream: this.#stream, prefix: this.#subject };
    for (let last = after; ; ) {
      const page = await this.#asked(writtenFrom(this.#manager, place, pattern, last + 1));
      const end = page.at(-1);
      if (end === undefined) return;
      yield page;
      last = end.revision;
    }
  }

  /** The subject that a key is written on. */
  subject(key: string): string {
    return this.#subject + key;
  }

  #entry<T extends object>({ subject, data, seq }: StoredMsg): Entry<T> {
    const read = readStoredText(Buffer.from(data).toString());
    if ('record' in read) return { record: read.record as T, revision: seq };
    throw new RecordDamagedError(this.name, subject.slice(this.#subject.length), read.problem);
  }

  async #asked<T>(answer: Promise<T>): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  #unavailable(cause: unknown): EffectsUnavailableError {
    const why = cause instanceof Error ? cause.message : String(cause);
    return new EffectsUnavailableError(`The bucket ${this.name} cannot be read or written now: ${why}.`, {
      cause,
    });
  }
}

/** Somebody else wrote meanwhile; or the write itself, of which no acknowledgement came. */
function isBehind(error: unknown): boolean {
  if (error instanceof PublishRefusedError) return error.brokerCode === WRONG_LAST_SEQUENCE;
  return error instanceof JetStreamApiError && error.code === WRONG_LAST_SEQUENCE;
}

function apiOf(api: string | undefined) {
  return { timeout: TIMEOUT_MS, ...(api !== undefined && { apiPrefix: api }) };
}
