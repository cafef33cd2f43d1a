import { createHash } from 'node:crypto';
import type { KV } from '@nats-io/kv';
import { Inject, Injectable } from '@nestjs/common';
import { Runtime, type Settings, TROUPE_SETTINGS } from '@troupe/nest';
import { Bucket } from './bucket.ts';
import type { Receipt } from './receipt.ts';

/** What an idempotency key stands for. */
export interface Claim extends Receipt {
  /** Digest of the order that the key was first used for. */
  readonly orderHash: string;
  /** Whether the order is known to be placed. */
  readonly placed: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_BYTES = 256 * 1024 * 1024;

/** Remembers for a day which order an idempotency key stands for. */
@Injectable()
export class IdempotencyKeys {
  readonly #bucket: Bucket;

  constructor(runtime: Runtime, @Inject(TROUPE_SETTINGS) settings: Settings) {
    const limits = { ttlMs: DAY_MS, maxBytes: MAX_BYTES };
    this.#bucket = new Bucket(runtime, 'storefront_idempotency', limits, settings);
  }

  /**
   * Makes the key stand for `claim`, unless it stands for another already; returns what it stands for. Of any number
   * of calls at once, one wins.
   * @throws BrokerUnavailableError
   */
  claim(key: string, claim: Claim): Promise<Claim> {
    return this.#bucket.use(async (entries) => {
      try {
        await entries.create(entryOf(key), JSON.stringify(claim));
        return claim;
      } catch (error) {
        const held = await read(entries, key);
        if (held === undefined) throw error;
        return held; // another's, or our own whose acknowledgement was lost
      }
    });
  }

  /** @throws BrokerUnavailableError */
  async markPlaced(key: string, claim: Claim): Promise<void> {
    await this.#bucket.use((entries) =>
      entries.put(entryOf(key), JSON.stringify({ ...claim, placed: true } satisfies Claim)),
    );
  }
}

async function read(entries: KV, key: string): Promise<Claim | undefined> {
  const entry = await entries.get(entryOf(key));
  return entry?.json<Claim>();
}

/** A key may hold characters that the broker's do not, and is no business of those who read the bucket. */
function entryOf(key: string): string {
  return createHash('sha256').update(key).digest('hex');
}
