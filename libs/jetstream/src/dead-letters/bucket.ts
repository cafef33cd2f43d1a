import { JetStreamApiError } from '@nats-io/jetstream';
import { type KV, Kvm } from '@nats-io/kv';
import type { Names } from '../naming.ts';
import type { Broker } from './broker.ts';
import { pagesOf } from './stored.ts';

/** A value and the revision that a change of it must name. */
export interface Entry<T> {
  readonly value: T;
  readonly revision: number;
}

/** What is done about dead letters stands in it, whoever does it. */
export const LETTERS_BUCKET = 'ops_dead_letters';
const WRONG_LAST_SEQUENCE = 10071;

/**
 * The bucket that holds what was done about dead letters. It is read from the stream's leader, and every change names
 * the revision that it is made from: of any number of writers at once, one wins.
 */
export class Bucket {
  private constructor(
    private readonly broker: Broker,
    private readonly kv: KV,
    private readonly name: string,
  ) {}

  /** Opens the bucket, and makes it when it is missing. */
  static async open(broker: Broker, names: Names, replicas: number): Promise<Bucket> {
    const name = names.bucket(LETTERS_BUCKET);
    const kv = await new Kvm(broker.jetstream).create(name, {
      history: 1,
      replicas,
      allow_direct: false,
    });
    return new Bucket(broker, kv, name);
  }

  async get<T>(key: string): Promise<Entry<T> | undefined> {
    const entry = await this.kv.get(key);
    return entry?.operation === 'PUT' ? { value: entry.json<T>(), revision: entry.revision } : undefined;
  }

  /** Writes over `revision`, or where nothing is; undefined when somebody else was faster. */
  async put(key: string, value: object, revision: number | undefined): Promise<number | undefined> {
    const text = JSON.stringify(value);
    try {
      return revision === undefined
        ? await this.kv.create(key, text)
        : await this.kv.update(key, text, revision);
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === WRONG_LAST_SEQUENCE) return undefined;
      throw error;
    }
  }

  /** All entries whose key begins with `<kind>.`, oldest change first. */
  async *entries<T>(kind: string): AsyncGenerator<Entry<T> & { readonly key: string }> {
    const subject = this.#subjectOf(`${kind}.*`);
    for await (const page of pagesOf(this.broker, `KV_${this.name}`, { subject })) {
      for (const { payload, seq: revision, subject } of page) {
        const key = subject.slice(this.#subjectOf('').length);
        yield { key, value: JSON.parse(Buffer.from(payload).toString()) as T, revision };
      }
    }
  }

  /** Removes an entry without leaving anything, unless it changed since that revision. */
  async remove(key: string, revision: number): Promise<void> {
    const filter = this.#subjectOf(key);
    await this.broker.manager.streams.purge(`KV_${this.name}`, { filter, seq: revision + 1 });
  }

  #subjectOf(key: string): string {
    return `$KV.${this.name}.${key}`;
  }
}
