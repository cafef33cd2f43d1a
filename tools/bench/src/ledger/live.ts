import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { STEPS } from '../chain.ts';
import { type Answers, answersOf } from './ingest.ts';
import type { LedgerProcess } from './ledger-process.ts';
import type { LedgerPlan } from './options.ts';
import type { Cost, Shop } from './shop.ts';

/** What the chain does at an even rate, and how soon the ledger sees it. */
export interface Live {
  readonly cost: Cost;
  /** From an order's PubAck to `where` telling of it, in ms; undefined without a ledger. */
  readonly visibility: Answers | undefined;
}

/** One order in so many is followed. */
const FOLLOWED = 25;

/** Places orders at an even rate while the chain runs, so that so many messages are stored each second. */
export async function measureLive(
  shop: Shop,
  { messagesPerSecond, liveSeconds }: Pick<LedgerPlan, 'messagesPerSecond' | 'liveSeconds'>,
  ledger?: LedgerProcess,
): Promise<Live> {
  const ordersPerSecond = messagesPerSecond / (STEPS.length + 1);
  const orders = Math.round(ordersPerSecond * liveSeconds);
  const followed: Promise<number>[] = [];
  const place = async (n: number): Promise<void> => {
    const orderId = randomUUID();
    await shop.desk.place(orderId);
    const storedAt = performance.timeOrigin + performance.now();
    if (ledger !== undefined && n % FOLLOWED === 0) followed.push(ledger.follow(orderId, storedAt));
  };
  const cost = await shop.run(orders, ledger, async () => {
    const stored: Promise<void>[] = [];
    const began = performance.now();
    for (let n = 0; n < orders; n++) {
      await delay(Math.max(0, began + (n * 1_000) / ordersPerSecond - performance.now()));
      stored.push(place(n));
    }
    await Promise.all(stored);
  });
  const took = await Promise.all(followed);
  return { cost, visibility: ledger === undefined ? undefined : answersOf(took) };
}
