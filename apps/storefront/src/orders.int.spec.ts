import { randomUUID } from 'node:crypto';
import { type KV, Kvm } from '@nats-io/kv';
import { BrokerUnavailableError, Producer } from '@troupe/nest';
import { type AppHarness, appHarness, type StoredEvent, startBroker, type TestBroker } from '@troupe/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { body } from './bodies.spec.support.ts';
import { IdempotencyKeys } from './idempotency-keys.ts';
import { type Order, orderOf } from './order.ts';
import { OrderRecords } from './order-records.ts';
import { Orders } from './orders.ts';
import type { Receipt } from './receipt.ts';
import { storedIds } from './stored.spec.support.ts';
import { StorefrontModule } from './storefront.module.ts';

let broker: TestBroker;
let storefront: AppHarness;
let orders: Orders;

beforeAll(async () => {
  broker = await startBroker();
  storefront = await appHarness(StorefrontModule, { broker });
  orders = storefront.app.get(Orders);
});
afterAll(async () => {
  await storefront?.stop();
  await broker?.stop();
});

describe('an order without a key', () => {
  it('is placed each time', async () => {
    const first = await place(order(), undefined);
    const second = await place(order(), undefined);
    expect(await placed(first)).toHaveLength(1);
    expect(await placed(second)).toHaveLength(1);
    expect(first.orderId).not.toBe(second.orderId);
  });

  it('opens a flow with all that the next steps need', async () => {
    const { orderId, flowId } = await place(order(), undefined);
    const [event] = await placed({ flowId });
    expect(event).toMatchObject({ type: 'order.placed.v1', data: { orderId, ...order() } });
    expect(event?.event).toMatchObject({ id: orderId, source: '/storefront', correlationid: flowId });
  });

  it('can be looked up', async () => {
    const receipt = await place(order(), undefined);
    expect(await orders.find(receipt.orderId)).toEqual(receipt);
    expect(await orders.find(randomUUID())).toBeUndefined();
    expect(await orders.find('no such.id')).toBeUndefined();
  });
});

describe('an order with a key', () => {
  it('is placed once: a repeat gets the first receipt', async () => {
    const key = randomUUID();
    const first = await place(order(), key);
    const repeat = await place(order(), key);
    expect(pick(repeat)).toEqual(pick(first));
    expect(await placed(first)).toHaveLength(1);
    expect(await orders.find(first.orderId)).toEqual(pick(first));
  });

  it('is placed once by any number of requests at the same time', async () => {
    const key = randomUUID();
    const receipts = await Promise.all(Array.from({ length: 20 }, () => place(order(), key)));
    expect(new Set(receipts.map(({ orderId }) => orderId)).size).toBe(1);
    expect(new Set(receipts.map(({ flowId }) => flowId)).size).toBe(1);
    expect(await timesStored(receipts[0]?.orderId ?? '')).toBe(1);
  });

  it('is not placed when the key stands for another', async () => {
    const key = randomUUID();
    await place(order(), key);
    const before = await storedIds(storefront.runtime);
    const other = { ...order(), paymentToken: 'tok_other' };
    expect(await orders.place(other, key)).toEqual({ placed: false });
    expect(await storedIds(storefront.runtime)).toEqual(before);
  });

  it('takes a key of any characters', async () => {
    const first = await place(order(), '../*.>$€ ');
    expect(pick(await place(order(), '../*.>$€ '))).toEqual(pick(first));
  });

  it('is not published again once it is known to be placed, however late the repeat', async () => {
    const send = vi.spyOn(storefront.app.get(Producer), 'send');
    const key = randomUUID();
    await place(order(), key);
    await place(order(), key);
    expect(send).toHaveBeenCalledTimes(1);
    send.mockRestore();
  });
});

describe('a crash', () => {
  it('after the key is kept: the repeat places the order that the key stands for', async () => {
    const key = randomUUID();
    const dying = dyingOrders(dyingAt('before the send'));
    await expect(dying.place(order(), key)).rejects.toThrow('crash');
    const receipt = await place(order(), key);
    expect(await timesStored(receipt.orderId)).toBe(1);
    expect(await place(order(), key)).toEqual({ ...receipt, placed: true });
  });

  it('after the order is stored, before that is known: the repeat stores nothing new', async () => {
    const key = randomUUID();
    const dying = dyingOrders(dyingAt('after the send'));
    await expect(dying.place(order(), key)).rejects.toThrow('crash');
    const before = await storedIds(storefront.runtime);
    const { orderId } = await place(order(), key);
    expect(await storedIds(storefront.runtime)).toEqual(before);
    expect(before.at(-1)).toBe(orderId);
  });

  it('of the bucket after the order is stored: the order is placed, and the answer says so', async () => {
    const keys = storefront.app.get(IdempotencyKeys);
    const mark = vi.spyOn(keys, 'markPlaced').mockRejectedValueOnce(new BrokerUnavailableError('away'));
    const key = randomUUID();
    const receipt = await place(order(), key);
    mark.mockRestore();
    expect(pick(await place(order(), key))).toEqual(pick(receipt));
    expect(await timesStored(receipt.orderId)).toBe(1);
  });
});

describe('a broker that is away', () => {
  it('refuses an order at once, and remembers keys and receipts when it is back', async () => {
    const key = randomUUID();
    const receipt = await place(order(), key);
    await broker.kill();
    await vi.waitUntil(() => !storefront.runtime.status().ready, { timeout: 15_000 });
    await expect(orders.place(order(), undefined)).rejects.toBeInstanceOf(BrokerUnavailableError);
    await expect(orders.place(order(), key)).rejects.toBeInstanceOf(BrokerUnavailableError);
    await expect(orders.find(receipt.orderId)).rejects.toBeInstanceOf(BrokerUnavailableError);
    await broker.restart();
    await vi.waitUntil(() => storefront.runtime.status().ready, { timeout: 15_000 });
    expect(pick(await place(order(), key))).toEqual(pick(receipt));
    expect(await orders.find(receipt.orderId)).toEqual(pick(receipt));
    expect(await timesStored(receipt.orderId)).toBe(1);
  });

  it('that dies in the middle of many orders: each of them is placed exactly once when it is repeated', async () => {
    const keys = Array.from({ length: 200 }, () => randomUUID());
    const dying = keys.map((key) => orders.place(order(), key));
    await Promise.any(dying);
    await broker.kill();
    await Promise.allSettled(dying);
    await broker.restart();
    const receipts = await Promise.all(keys.map(repeatedly));
    const stored = await storedIds(storefront.runtime);
    for (const { orderId } of receipts) expect(stored.filter((id) => id === orderId)).toHaveLength(1);
  });

  it('that lost its buckets: one request fails at most, and they are made again', async () => {
    await place(order(), randomUUID());
    for (const name of ['storefront_idempotency', 'storefront_orders']) await (await bucket(name)).destroy();
    const key = randomUUID();
    const receipt = await repeatedly(key);
    expect(await orders.find(receipt.orderId)).toEqual(pick(receipt));
  });
});

it('refuses orders when there is no room for their receipts, and places none of them', async () => {
  await (await bucket('storefront_orders')).destroy();
  const full = await new Kvm(storefront.runtime.connection.client).create('storefront_orders', {
    max_bytes: 100,
  });
  const before = await storedIds(storefront.runtime);
  await expect(place(order(), randomUUID())).rejects.toBeInstanceOf(BrokerUnavailableError);
  await expect(place(order(), undefined)).rejects.toBeInstanceOf(BrokerUnavailableError);
  expect(await storedIds(storefront.runtime)).toEqual(before);
  await full.destroy();
  await repeatedly(randomUUID());
});

it('makes no bucket when it may only verify what the broker has', async () => {
  const named = new OrderRecords(storefront.runtime, { topology: 'verify' });
  const receipt = await place(order(), undefined);
  expect(await named.get(receipt.orderId)).toEqual(receipt);
  await (await bucket('storefront_orders')).destroy();
  await expect(named.put(receipt)).rejects.toBeInstanceOf(BrokerUnavailableError);
  await repeatedly(randomUUID());
});

it('asks the broker for as many replicas of a bucket as it is told', async () => {
  const replicated = new OrderRecords(storefront.runtime, { replicas: 3 });
  const receipt = await place(order(), undefined);
  await (await bucket('storefront_orders')).destroy();
  await expect(replicated.put(receipt)).rejects.toMatchObject({
    cause: { message: expect.stringContaining('replicas > 1 not supported') },
  });
  await repeatedly(randomUUID());
});

it('keeps keys and receipts for a day, on disk, and only so many', async () => {
  await place(order(), randomUUID());
  for (const name of ['storefront_idempotency', 'storefront_orders']) {
    const { config } = (await (await bucket(name)).status()).streamInfo;
    expect(config).toMatchObject({
      max_age: 24 * 60 * 60 * 1e9,
      max_bytes: 256 * 1024 * 1024,
      max_msgs_per_subject: 1,
      storage: 'file',
    });
  }
});

function order(): Order {
  const made = orderOf(body());
  if (made === undefined) throw new Error('the example is wrong');
  return made;
}

async function place(wanted: Order, key: string | undefined): Promise<Receipt> {
  const placing = await orders.place(wanted, key);
  if (!placing.placed) throw new Error('the key stands for another order');
  return placing.receipt;
}

/** Places an order as a client does that was answered 503. */
async function repeatedly(key: string): Promise<Receipt> {
  return vi.waitUntil(() => place(order(), key).catch(() => undefined), { timeout: 20_000 });
}

function pick({ orderId, flowId, placedAt }: Receipt): Receipt {
  return { orderId, flowId, placedAt };
}

/** What the flow of an order holds: there is no other app. */
function placed({ flowId }: Pick<Receipt, 'flowId'>): Promise<StoredEvent[]> {
  return storefront.events(flowId, { until: 1 });
}

/** How often the stream holds an order. */
async function timesStored(orderId: string): Promise<number> {
  return (await storedIds(storefront.runtime)).filter((id) => id === orderId).length;
}

/** A producer that dies around the send. */
function dyingAt(moment: 'before the send' | 'after the send'): Producer {
  const real = storefront.app.get(Producer);
  const send: Producer['send'] = async (...message) => {
    if (moment === 'after the send') await real.send(...message);
    throw new Error('crash');
  };
  return Object.assign(Object.create(real) as Producer, { send });
}

/** The service of a process that shares the buckets and dies. */
function dyingOrders(producer: Producer): Orders {
  return new Orders(storefront.app.get(IdempotencyKeys), storefront.app.get(OrderRecords), producer);
}

async function bucket(name: string): Promise<KV> {
  return new Kvm(storefront.runtime.connection.client).open(name);
}
