import { setTimeout as delay } from 'node:timers/promises';
import { type KV, Kvm } from '@nats-io/kv';
import { BrokerUnavailableError, type Runtime, type Settings } from '@troupe/nest';

/** How long a bucket keeps its entries, and how many bytes of them. Full, it refuses. */
export interface BucketLimits {
  readonly ttlMs: number;
  readonly maxBytes: number;
}

/** How long one piece of work on a bucket may take. */
const WITHIN_MS = 3_000;

/** A key-value bucket of the app; created when it is first used, unless the app may only verify what the broker has. */
export class Bucket {
  #opened: Promise<KV> | undefined;

  constructor(
    private readonly runtime: Runtime,
    private readonly name: string,
    private readonly limits: BucketLimits,
    private readonly settings: Pick<Settings, 'topology' | 'replicas'>,
  ) {}

  /**
   * Does some work on the bucket, within 3 s.
   * @throws BrokerUnavailableError whatever goes wrong there: it may be that something was written
   */
  async use<T>(work: (entries: KV) => Promise<T>): Promise<T> {
    this.runtime.connection.assertConnected();
    this.#opened ??= this.#open();
    const opened = this.#opened;
    try {
      return await inTime(opened.then(work));
    } catch (cause) {
      if (this.#opened === opened) this.#opened = undefined; // it may be gone with the broker's disk: made again
      throw new BrokerUnavailableError(`The bucket ${this.name} does not take or give an entry now.`, {
        cause,
      });
    }
  }

  #open(): Promise<KV> {
    const { connection, names } = this.runtime;
    const { ttlMs, maxBytes } = this.limits;
    const { topology, replicas = 1 } = this.settings;
    // Read from the leader: a replica may not have an entry yet that was just written.
    const options = { ttl: ttlMs, max_bytes: maxBytes, history: 1, allow_direct: false, replicas };
    const buckets = new Kvm(connection.client);
    const name = names.bucket(this.name);
    return topology === 'verify' ? buckets.open(name, options) : buckets.create(name, options);
  }
}

/** The client itself waits 5 s for each request, and some work is several; whoever placed an order waits meanwhile. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  const done = new AbortController();
  const late = delay(WITHIN_MS, undefined, { signal: done.signal }).then(() => {
    throw new Error(`no answer within ${WITHIN_MS} ms`);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
