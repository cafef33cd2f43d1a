import { PostgresNotFoundError, startPostgres } from '@troupe/postgres';
import { expect, it, onTestFinished, type TestContext } from 'vitest';
import { message, NOTHING } from '../conformance/stage.ts';
import type { Batch } from './batch.ts';
import { postgresDatabase } from './postgres.ts';
import { Store } from './store.ts';
import type { Written } from './writing.ts';

const PROJECTORS = 3;
const BATCHES = 20;
const SIZE = 50;

it('projectors that write at the same time lose nothing, and number each queue without a gap', async (context) => {
  const stores = await storesOf(context, PROJECTORS);
  const heard: Written[] = [];
  stores[0]?.listen((written) => heard.push(written));

  await Promise.all(stores.map((store, i) => project(store, i)));

  const [store] = stores;
  const flows = await store?.flows({ since: 0, until: Number.MAX_SAFE_INTEGER, limit: 1_000 });
  expect(flows).toHaveLength(SIZE); // each projector wrote of all of them
  const records = await Promise.all((flows ?? []).map(({ n }) => store?.flow(n)));
  expect(records.map((record) => record?.messages.length)).toEqual(Array(SIZE).fill(PROJECTORS * BATCHES));
  const total = PROJECTORS * BATCHES * SIZE;
  expect(await store?.between('evt.order.placed.v1', 1, 0, total)).toBe(total);
  expect(await store?.between('evt.order.placed.v1', 1, total / 2, total)).toBe(total / 2);
  const touched = () => new Set(heard.flatMap((written) => written.flows)).size;
  await expect.poll(touched, { timeout: 10_000 }).toBe(SIZE);
});

it('a projector writes anew a flow that another one dropped, and all that leads to it', async (context) => {
  const [store, other] = await storesOf(context, 2);
  if (store === undefined || other === undefined) return;
  const projector = await store.shares.join('p');
  await store.shares.take(0, projector, null);
  const put = (seq: number) => {
    const messages = [message(seq, { flow: 'f', keys: [{ name: 'orderId', value: 'o-1' }] })];
    return store.write({ ...NOTHING, messages, shares: [{ share: 0, upto: { 1: seq } }] }, projector, 1_000);
  };
  await put(1);
  await other.retain(1, 2);
  expect(await store.find('o-1', 1)).toEqual([]);

  await put(2);

  for (const key of ['f', 'm-2', 'o-1'])
    expect(await other.find(key, 1)).toMatchObject([{ flow: 'f', started: message(2).at }]);
  expect(await other.find('m-1', 1)).toEqual([]);
});

/** An empty database, and stores that have it together; the test is skipped where there is no PostgreSQL. */
async function storesOf(context: TestContext, count: number): Promise<Store[]> {
  const postgres = await startPostgres().catch((error: unknown) => {
    if (error instanceof PostgresNotFoundError) return error.message;
    throw error;
  });
  if (typeof postgres === 'string') return context.skip(postgres);
  onTestFinished(() => postgres.stop());
  return Promise.all(
    Array.from({ length: count }, async () => {
      const store = new Store(postgresDatabase(postgres.urlOf('postgres')));
      onTestFinished(() => store.close());
      await store.open();
      return store;
    }),
  );
}

/** Writes every third message, of flows and sources that the others write of too, in another order. */
async function project(store: Store, place: number): Promise<void> {
  const projector = await store.shares.join(`p${place}`);
  const mine = Array.from({ length: store.shares.count }, (_, n) => n).filter(
    (n) => n % PROJECTORS === place,
  );
  for (const share of mine) await store.shares.take(share, projector, null);
  for (let b = 0; b < BATCHES; b++) {
    const messages = Array.from({ length: SIZE }, (_, i) => {
      const seq = (b * SIZE + i) * PROJECTORS + place + 1;
      const flow = `f-${(i * 7 + place * 13) % SIZE}`;
      const source = `/source-${b}-${i % 5}`;
      return { ...message(seq, { flow, source, share: mine[i % mine.length] ?? 0 }) };
    });
    const upto = { 1: (b + 1) * SIZE * PROJECTORS };
    const batch: Batch = {
      ...NOTHING,
      messages,
      evidence: messages.map(({ pos }) => ({ pos, durable: 1, answer: 'ack', at: 1, ...OPEN })),
      shares: mine.map((share) => ({ share, upto })),
    };
    expect(await store.write(batch, projector, 1_000)).toBeDefined();
  }
}

const OPEN = { attempt: undefined, nextAt: undefined, said: undefined };
