import type { NatsServer } from '@troupe/broker';
import { STEPS } from '../chain.ts';
import { BenchError } from '../errors.ts';
import { type Answers, answersOf, type Ingest, measureIngest } from './ingest.ts';
import { type Keeping, keep } from './keeping.ts';
import { type Beside, LedgerProcess } from './ledger-process.ts';
import { type Live, measureLive } from './live.ts';
import type { LedgerPlan } from './options.ts';
import { type Cost, Shop } from './shop.ts';

/** Everything that a run measured. */
export interface LedgerMeasurements {
  /** At each size of the stream. */
  readonly ingest: readonly Ingest[];
  /** The chain at full speed, a value for each round. */
  readonly without: readonly Cost[];
  readonly with: readonly Cost[];
  /** Beside a client that is sent what a ledger is sent, and keeps nothing. */
  readonly watched: readonly Cost[];
  readonly live: Live;
  /** `where` for orders in a queue: it counts those before them. */
  readonly queued: Answers;
}

const PER_ORDER = STEPS.length + 1;

/** Records a stream by running the chain, and lets a ledger at it: first alone, then beside the chain. */
export async function measureLedger(
  server: NatsServer,
  plan: LedgerPlan,
  onProgress: (text: string) => void,
): Promise<LedgerMeasurements> {
  const keeping = await keep(plan.store, server);
  try {
    return await measureIn(keeping, server, plan, onProgress);
  } finally {
    await keeping.end();
  }
}

async function measureIn(
  keeping: Keeping,
  server: NatsServer,
  plan: LedgerPlan,
  onProgress: (text: string) => void,
): Promise<LedgerMeasurements> {
  const shop = await Shop.open(server, roomOf(plan), onProgress);
  try {
    const ingest = await recordAndRead(server, keeping, shop, plan, onProgress);
    const beside: Beside = (what) => besides(LedgerProcess.ledger(server.url, keeping.last), what);
    const besideWatcher: Beside = (what) => besides(LedgerProcess.watcher(server.url), what);
    const rounds: { without: Cost; with: Cost; watched: Cost }[] = [];
    for (let round = 1; round <= plan.rounds; round++) {
      await shop.place(plan.orders);
      const without = await shop.work(plan.orders);
      await shop.place(plan.orders);
      const withLedger = await beside((ledger) => shop.work(plan.orders, ledger));
      await shop.place(plan.orders);
      const watched = await besideWatcher((watcher) => shop.work(plan.orders, watcher));
      rounds.push({ without, with: withLedger, watched });
      onProgress(
        `round ${round} of ${plan.rounds}: ${Math.round(without.hopsPerSecond)} hops/s without the ledger, ${Math.round(withLedger.hopsPerSecond)} with it`,
      );
    }
    onProgress(`${plan.messagesPerSecond} messages/s for ${plan.liveSeconds} s, four times`);
    const live = await measureLive(shop, plan, beside, besideWatcher);
    onProgress(`placing ${plan.queue} orders that nobody takes`);
    const queued = await shop.place(plan.queue, plan.lookups);
    onProgress('the ledger reads them');
    return {
      ingest,
      without: rounds.map(({ without }) => without),
      with: rounds.map((round) => round.with),
      watched: rounds.map(({ watched }) => watched),
      live,
      queued: await beside((ledger) => askForPlaces(ledger, queued)),
    };
  } finally {
    await shop.close();
  }
}

/** Does something beside a process, which ends with it. */
async function besides<T>(ledger: LedgerProcess, what: (ledger: LedgerProcess) => Promise<T>): Promise<T> {
  try {
    const result = await what(ledger);
    await ledger.close();
    return result;
  } finally {
    await ledger.end();
  }
}

async function recordAndRead(
  server: NatsServer,
  keeping: Keeping,
  shop: Shop,
  { sizes, lookups }: LedgerPlan,
  onProgress: (text: string) => void,
): Promise<Ingest[]> {
  const results: Ingest[] = [];
  let recorded = 0;
  for (const size of sizes) {
    const orders = Math.floor(size / PER_ORDER) - recorded;
    onProgress(`recording ${size} messages`);
    const orderIds = await shop.place(orders, lookups);
    onProgress(`the chain works through ${orders} orders`);
    const { hopsPerSecond } = await shop.work(orders);
    recorded += orders;
    const messages = recorded * PER_ORDER;
    onProgress(`recorded ${messages} messages: ${Math.round(hopsPerSecond)} hops/s`);
    const ingest = await measureIngest(server, keeping, { messages, hopsPerSecond }, orderIds, onProgress);
    results.push(ingest);
    onProgress(`read ${messages} messages: ${Math.round(ingest.messagesPerSecond)}/s`);
  }
  return results;
}

/** @throws BenchError when an answer says no place */
async function askForPlaces(ledger: LedgerProcess, orderIds: readonly string[]): Promise<Answers> {
  await ledger.caughtUp();
  const { took, sentences } = await ledger.lookUp(orderIds);
  const placeless = sentences.find((sentence) => !/\(position \d+/.test(sentence));
  if (placeless !== undefined) throw new BenchError(`An order in the queue has no place: ${placeless}`);
  return answersOf(took);
}

function roomOf({ sizes, rounds, orders, messagesPerSecond, liveSeconds, queue }: LedgerPlan): number {
  const live = 4 * messagesPerSecond * liveSeconds;
  return Math.max(...sizes) + 3 * rounds * orders * PER_ORDER + live + queue + 100_000;
}
