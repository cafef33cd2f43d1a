import { type NatsServer, startNatsServer } from '@troupe/broker';
import { Connection, DeadLetters, prune, silentLogger, TerminalError } from '@troupe/jetstream';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { OrderPlaced } from './shop.spec.support.ts';
import { flowOnce, paying, SMALL_STREAMS, Stage, shipping, until } from './stage.spec.support.ts';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

const AUTHOR = { by: 'ada', why: 'a test order' };

it('after a prune of all streams, a ledger that runs on and one that is built anew say the same', async () => {
  const stage = await Stage.on(server);
  const { manager, names } = stage;
  const ledger = await stage.ledger();
  const streams = { ...SMALL_STREAMS, duplicateWindowMs: 100 };
  const shop = await stage.app('storefront', [], { streams });
  let isMended = false;
  const { handle } = paying();
  const authorize = paying((order, context) => {
    if (!isMended) throw new TerminalError('no such card');
    return handle(order, context);
  });
  await stage.app('payments', [authorize], { streams });
  await stage.app('shipping', [shipping()], { streams });
  for (const orderId of ['archived', 'redriven', 'last']) {
    await shop.producer.send(OrderPlaced, { orderId });
    await flowOnce(ledger, orderId, 'it failed', ({ state }) => state === 'failed');
  }
  isMended = true;
  const connection = new Connection({ servers: server.url }, silentLogger);
  onTestFinished(() => connection.close());
  await connection.connected();
  const letters = await DeadLetters.open(connection, stage.prefix);
  onTestFinished(() => letters.close());
  await letters.archive({ seqs: [1, 3] }, AUTHOR);
  await letters.redrive({ seqs: [2] }, AUTHOR);
  await flowOnce(ledger, 'redriven', 'it is completed', ({ state }) => state === 'completed');
  const closed = Date.now();
  await until('that is a while ago', () => Date.now() > closed + 300);
  await shop.producer.send(OrderPlaced, { orderId: 'young' });
  await flowOnce(ledger, 'young', 'it is completed', ({ state }) => state === 'completed');

  await until('all but the young one is purged', async () => {
    await prune(connection, names, { olderThanMs: Date.now() - closed - 50 });
    const { messages } = (await manager.streams.info(names.events)).state;
    return messages === 3;
  });
  expect((await manager.streams.info(names.delayed('payments'))).state.messages).toBe(0);
  expect((await manager.streams.info(names.deadLetters)).state.messages).toBe(1);
  const anew = await stage.ledger();
  for (const each of [ledger, anew]) {
    await flowOnce(each, 'young', 'it still is completed', ({ state }) => state === 'completed');
    for (const gone of ['archived', 'redriven', 'last'])
      await expect.poll(async () => (await each.where(gone)).flows).toEqual([]);
    await expect.poll(async () => (await each.flows({})).flows).toHaveLength(1);
  }
});
