import { jetstreamManager } from '@nats-io/jetstream';
import type { Type } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AppHarness, appHarness } from './app-harness.ts';
import { startBroker, type TestBroker } from './broker.ts';
import { readDeadLetters, readEvents } from './stored.ts';
import {
  FirstOrders,
  FirstStorefront,
  LastOrders,
  LastStorefront,
  type Money,
  NewerNotifications,
  NewerNotificationsModule,
  NewerPaymentsModule,
  OlderNotifications,
  OlderNotificationsModule,
  OlderPaymentsModule,
  OrdersOfBoth,
  StorefrontOfBoth,
} from './two-majors.spec.support.ts';

let broker: TestBroker;
const running: AppHarness[] = [];

beforeAll(async () => {
  broker = await startBroker();
});
afterAll(async () => {
  await Promise.all(running.map((app) => app.stop()));
  await broker?.stop();
});

async function deploy(module: Type): Promise<AppHarness> {
  const app = await appHarness(module, { broker });
  running.push(app);
  return app;
}

it('a contract gets from one major to the next: nobody stops, and each order is handled once by each step', async () => {
  const placed: string[] = [];
  const place = async (storefront: AppHarness, orders: Type<Pick<FirstOrders, 'place'>>): Promise<void> => {
    const total: Money = { minor: 500, currency: 'EUR' };
    for (let n = 0; n < 10; n++) {
      const id = `order-${placed.length}`;
      await storefront.app.get(orders).place(id, total);
      placed.push(id);
    }
  };
  const first = await deploy(FirstStorefront);
  const olderPayments = await deploy(OlderPaymentsModule);
  const olderNotifications = await deploy(OlderNotificationsModule);
  await place(first, FirstOrders);

  // A consumer takes the newer major before anybody sends it.
  await deploy(NewerPaymentsModule);
  await place(first, FirstOrders);
  await olderPayments.stop();
  await place(first, FirstOrders);

  // The producer sends both.
  const both = await deploy(StorefrontOfBoth);
  await place(first, FirstOrders);
  await place(both, OrdersOfBoth);
  await first.stop();

  // The last consumer follows.
  const newerNotifications = await deploy(NewerNotificationsModule);
  await place(both, OrdersOfBoth);
  await olderNotifications.stop();
  await place(both, OrdersOfBoth);

  // The producer sends the newer one alone.
  const last = await deploy(LastStorefront);
  await both.stop();
  await place(last, LastOrders);

  const authorized = async () => {
    const events = await readEvents(last.runtime);
    return events.filter(({ type }) => type === 'payment.authorized.v1').map(({ data }) => data);
  };
  const told = () => [
    ...olderNotifications.app.get(OlderNotifications).told,
    ...newerNotifications.app.get(NewerNotifications).told,
  ];
  await expect.poll(() => unsettled(last), { timeout: 20_000 }).toEqual([]);
  const orderIds = (await authorized()).map((data) => (data as { orderId: string }).orderId);
  expect(orderIds.sort()).toEqual([...placed].sort());
  expect(told().sort()).toEqual([...placed].sort());
  expect(await readDeadLetters(last.runtime)).toEqual([]);
}, 60_000);

/** The durables that have something to deliver, or unanswered, and those that did not hear of the last message yet. */
async function unsettled({ runtime }: AppHarness): Promise<string[]> {
  const manager = await jetstreamManager(runtime.connection.client);
  const found: string[] = [];
  for await (const { name, config, ...info } of manager.consumers.list(runtime.names.events)) {
    const last = await manager.streams.getMessage(runtime.names.events, {
      last_by_subj: config.filter_subject ?? '>',
    });
    const isBehind = (last?.seq ?? 0) > info.delivered.stream_seq;
    if (isBehind || info.num_pending + info.num_ack_pending > 0) found.push(name);
  }
  return found;
}
