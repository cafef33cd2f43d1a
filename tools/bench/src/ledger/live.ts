import { setTimeout as delay } from 'node:timers/promises';
import { newFlowId } from '@troupe/jetstream';
import { STEPS } from '../chain.ts';
import { type Answers, answersOf } from './ingest.ts';
import type { Beside, LedgerProcess } from './ledger-process.ts';
import type { LedgerPlan } from './options.ts';
import type { Cost, Shop } from './shop.ts';

/** The chain at an even rate: what it costs, and how soon the ledger sees it. */
export interface Live {
  readonly without: Cost;
  readonly with: Cost;
  readonly watched: Cost;
  /** From an order's PubAck to `where` telling of it, in ms: in a run of its own, since asking costs too. */
  readonly visibility: Answers;
}

/** One order in so many is followed: whoever asks for many at once measures what asking costs. */
const FOLLOWED = 100;
const TICK_MS = 2;

/** Runs the chain at an even rate: alone, beside a watcher, a ledger, and one that is asked for orders. */
export async function measureLive(
  shop: Shop,
  plan: LedgerPlan,
  beside: Beside,
  besideWatcher: Beside,
): Promise<Live> {
  const without = await placeEvenly(shop, plan);
  const watched = await besideWatcher((watcher) => placeEvenly(shop, plan, watcher));
  const withLedger = await beside((ledger) => placeEvenly(shop, plan, ledger));
  const took = await beside(async (ledger) => {
    const followed: Promise<number>[] = [];
    await placeEvenly(shop, plan, ledger, (n, orderId) => {
      const storedAt = performance.timeOrigin + performance.now();
      if (n % FOLLOWED === 0) followed.push(ledger.follow(orderId, storedAt));
    });
    return Promise.all(followed);
  });
  return { without, with: withLedger, watched, visibility: answersOf(took) };
}

/** Places orders while the chain runs, so that so many messages are stored each second. */
function placeEvenly(
  shop: Shop,
  { messagesPerSecond, liveSeconds }: LedgerPlan,
  ledger?: LedgerProcess,
  placed: (n: number, orderId: string) => void = () => {},
): Promise<Cost> {
  const ordersPerSecond = messagesPerSecond / (STEPS.length + 1);
  const orders = Math.round(ordersPerSecond * liveSeconds);
  const place = async (n: number): Promise<void> => {
    const orderId = newFlowId();
    await shop.desk.place(orderId);
    placed(n, orderId);
  };
  return shop.run(orders, ledger, async () => {
    const stored: Promise<void>[] = [];
    const began = performance.now();
    while (stored.length < orders) {
      const due = Math.min(orders, ((performance.now() - began) * ordersPerSecond) / 1_000);
      while (stored.length < due) stored.push(place(stored.length));
      await delay(TICK_MS);
    }
    await Promise.all(stored);
  });
}
