import { JetStreamApiError } from '@nats-io/jetstream';
import type { KV } from '@nats-io/kv';

const KEY = 'lease';
const WRONG_LAST_SEQUENCE = 10071;

/**
 * Which of several watchdogs tells of alerts. Whoever holds the lease renews it; another one takes it when it was not
 * renewed for a time that it measures itself, so that no two clocks are compared. Every change names the revision that
 * it is made from: of any number of challengers one wins.
 */
export class Lease {
  /** Revision under which it is held. */
  #held: number | undefined;
  #renewedAt = Number.NEGATIVE_INFINITY;
  /** The revision of another holder, and since when it has not changed. */
  #seen: { readonly revision: number; readonly at: number } | undefined;

  /** @param holder for whoever looks into the bucket: host and process */
  constructor(
    private readonly entries: KV,
    private readonly holder: string,
    private readonly leaseMs: number,
  ) {}

  /** Whether it is certain that nobody else holds it. */
  get isHeld(): boolean {
    return this.#held !== undefined && performance.now() - this.#renewedAt < this.leaseMs;
  }

  /** Takes or keeps it. Resolves to whether it is held; rejects while the broker is away, and then nothing is lost. */
  async renew(): Promise<boolean> {
    const at = performance.now();
    const held = this.#held === undefined ? await this.#take() : await this.#put(this.#held);
    this.#held = held;
    if (held !== undefined) this.#renewedAt = at;
    return held !== undefined;
  }

  /** Hands it to whoever comes first. */
  async release(): Promise<void> {
    const held = this.#held;
    this.#held = undefined;
    if (held !== undefined) await this.entries.delete(KEY, { previousSeq: held }).catch(() => {}); // it ends by itself
  }

  async #take(): Promise<number | undefined> {
    const entry = await this.entries.get(KEY);
    if (entry === null || entry.operation !== 'PUT') return this.#put(entry?.revision);
    const now = performance.now();
    if (this.#seen?.revision !== entry.revision) this.#seen = { revision: entry.revision, at: now };
    return now - this.#seen.at < this.leaseMs ? undefined : this.#put(entry.revision);
  }

  /** Undefined when somebody else was faster. */
  async #put(revision: number | undefined): Promise<number | undefined> {
    try {
      return revision === undefined
        ? await this.entries.create(KEY, this.holder)
        : await this.entries.update(KEY, this.holder, revision);
    } catch (error) {
      if (error instanceof JetStreamApiError && error.code === WRONG_LAST_SEQUENCE) return undefined;
      throw error;
    }
  }
}
