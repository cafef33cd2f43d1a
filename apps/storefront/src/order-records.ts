import { Inject, Injectable } from '@nestjs/common';
import { Runtime, type Settings, TROUPE_SETTINGS } from '@troupe/nest';
import { Bucket } from './bucket.ts';
import type { Receipt } from './receipt.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const MAX_BYTES = 256 * 1024 * 1024;

/** Keeps the receipts of a day, so that `GET /orders/{id}` has an answer for every order that was taken. */
@Injectable()
export class OrderRecords {
  readonly #bucket: Bucket;

  constructor(runtime: Runtime, @Inject(TROUPE_SETTINGS) settings: Settings) {
    const limits = { ttlMs: DAY_MS, maxBytes: MAX_BYTES };
    this.#bucket = new Bucket(runtime, 'storefront_orders', limits, settings);
  }

  /** @throws BrokerUnavailableError */
  async put({ orderId, flowId, placedAt }: Receipt): Promise<void> {
    const record: Receipt = { orderId, flowId, placedAt };
    await this.#bucket.use((entries) => entries.put(orderId, JSON.stringify(record)));
  }

  /**
   * The receipt of an order; undefined for one that was never taken, or is forgotten.
   * @throws BrokerUnavailableError
   */
  async get(orderId: string): Promise<Receipt | undefined> {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(orderId)) return undefined; // never one of ours, and no key that a bucket takes
    const entry = await this.#bucket.use((entries) => entries.get(orderId));
    return entry?.json<Receipt>();
  }
}
