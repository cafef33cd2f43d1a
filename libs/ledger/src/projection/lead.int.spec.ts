import { silentLogger } from '@troupe/jetstream';
import { expect, it, onTestFinished } from 'vitest';
import { OrderPlaced } from '../shop.spec.support.ts';
import { Stage, startServer } from '../stage.spec.support.ts';
import { IN_MEMORY, sqliteDatabase } from '../store/sqlite.ts';
import { Store } from '../store/store.ts';
import { brokerOf } from './broker.ts';
import { Lead } from './lead.ts';
import { Readers } from './readers.ts';
import { Tap } from './tap.ts';

it('streams that are found while the shares change are read with the shares that there are then', async () => {
  const stage = await Stage.on(await startServer());
  const shop = await stage.app('storefront', []);
  await shop.producer.send(OrderPlaced, { orderId: 'o-1' });
  const store = new Store(sqliteDatabase(IN_MEMORY), stage.prefix);
  await store.open();
  onTestFinished(() => store.close());
  const broker = await brokerOf(stage.client, stage.names, silentLogger);
  const readers = new Readers(
    broker,
    1,
    () => [],
    () => {},
  );
  const tap = new Tap(broker, () => {});
  const before = await store.known();
  const lead = new Lead({ broker, store, readers, tap, wake: () => {} }, before, []);
  onTestFinished(async () => {
    await lead.stop();
    await readers.stop();
  });
  await expect
    .poll(async () => (await store.known()).streams.length, { timeout: 10_000 })
    .toBeGreaterThanOrEqual(3);
  expect(await lead.due([0])).toBeUndefined();
  await readers.begin([{ share: 0, upto: {} }], before.streams);
  await expect.poll(() => lead.due([0]), { timeout: 10_000 }).toBeDefined();
  expect(readers.take().messages).toHaveLength(1);
});
