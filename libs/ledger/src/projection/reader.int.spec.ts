import { jetstreamManager } from '@nats-io/jetstream';
import { Names, silentLogger } from '@troupe/jetstream';
import { expect, it, onTestFinished } from 'vitest';
import { Stage, startServer } from '../stage.spec.support.ts';
import { brokerOf } from './broker.ts';
import type { Stored } from './pulls.ts';
import { Reader } from './reader.ts';

const MIB = 1024 * 1024;
const NOBODY = { take: () => undefined, rested: () => {} };

it('what was read is what was taken, and no more', async () => {
  const { client } = await Stage.on(await startServer());
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: 'EVENTS', subjects: ['evt.>'] });
  for (const text of ['1', '2', '3']) await client.request('evt.order.placed.v1.0', text);
  const taken: string[] = [];
  let takeNext = () => {};
  const take = ({ message }: Stored): Promise<void> => {
    taken.push(message.string());
    return new Promise((resolve) => {
      takeNext = resolve;
    });
  };
  const broker = await brokerOf(client, new Names(), silentLogger);
  const reader = new Reader(broker, 'EVENTS', 0, { take, rested: () => {} });
  onTestFinished(() => {
    const stopped = reader.stop();
    takeNext();
    return stopped;
  });
  await expect.poll(() => taken, { timeout: 10_000 }).toEqual(['1']);
  expect(await reader.hasRead(1)).toBe(false); // it is in the taker's hands
  takeNext();
  await expect.poll(() => taken, { timeout: 10_000 }).toEqual(['1', '2']);
  expect(await reader.hasRead(1)).toBe(true);
  expect(await reader.hasRead(2)).toBe(false);
});

it.each([
  { after: 0, purged: 'before any of it was read' },
  { after: 2, purged: 'when a part of it was read' },
])('what was purged $purged is read: nothing is left there', async ({ after }) => {
  const { client } = await Stage.on(await startServer());
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: 'EVENTS', subjects: ['evt.>'] });
  for (const text of ['1', '2', '3']) await client.request('evt.order.placed.v1.0', text);
  await manager.streams.purge('EVENTS');
  const reader = new Reader(await brokerOf(client, new Names(), silentLogger), 'EVENTS', after, NOBODY);
  onTestFinished(() => reader.stop());
  await expect.poll(() => reader.hasRead(3), { timeout: 10_000 }).toBe(true);
  expect(reader.upto).toBe(3);
});

it('an end that is gone is read: nothing is left there', async () => {
  const { client } = await Stage.on(await startServer());
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: 'EVENTS', subjects: ['evt.>'] });
  for (const text of ['1', '2', '3']) await client.request('evt.order.placed.v1.0', text);
  await manager.streams.deleteMessage('EVENTS', 3);
  const reader = new Reader(await brokerOf(client, new Names(), silentLogger), 'EVENTS', 0, NOBODY);
  onTestFinished(() => reader.stop());
  await expect.poll(() => reader.hasRead(3), { timeout: 10_000 }).toBe(true);
  expect(reader.upto).toBe(3);
});

it('a reader whose consumer is gone makes another, and goes on where it was', async () => {
  const { client } = await Stage.on(await startServer());
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: 'EVENTS', subjects: ['evt.>'] });
  const taken: string[] = [];
  const take = ({ message }: Stored): undefined => void taken.push(message.string());
  const broker = await brokerOf(client, new Names(), silentLogger);
  const reader = new Reader(broker, 'EVENTS', 0, { take, rested: () => {} });
  onTestFinished(() => reader.stop());
  await client.request('evt.order.placed.v1.0', '1');
  await expect.poll(() => taken, { timeout: 10_000 }).toEqual(['1']);
  for await (const { name } of manager.consumers.list('EVENTS'))
    await manager.consumers.delete('EVENTS', name);
  await client.request('evt.order.placed.v1.0', '2');
  await expect.poll(() => taken, { timeout: 10_000 }).toEqual(['1', '2']);
});

it('more than is asked for at once is read in order and without a pause', async () => {
  const { client } = await Stage.on(await startServer());
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: 'EVENTS', subjects: ['evt.>'] });
  const all = Array.from({ length: 12_000 }, (_, i) => i + 1);
  for (let at = 0; at < all.length; at += 1_000)
    await Promise.all(
      all.slice(at, at + 1_000).map((n) => client.request('evt.order.placed.v1.0', String(n))),
    );
  const taken: number[] = [];
  const rests: number[] = [];
  const reader = new Reader(await brokerOf(client, new Names(), silentLogger), 'EVENTS', 0, {
    take: ({ seq }) => void taken.push(seq),
    rested: () => rests.push(taken.length),
  });
  onTestFinished(() => reader.stop());
  await expect.poll(() => rests.length, { timeout: 10_000 }).toBeGreaterThan(0);
  expect(rests[0]).toBe(all.length);
  expect(taken).toEqual(all);
  const consumers = await manager.consumers.list('EVENTS').next();
  expect(consumers.map(({ delivered }) => delivered.consumer_seq)).toEqual([all.length]); // by one, that was never made anew
});

it('large messages are held a part at a time, and all are read', async () => {
  const server = await startServer();
  const { client } = await Stage.on(server);
  const { client: sender } = await Stage.on(server);
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: 'EVENTS', subjects: ['evt.>'] });
  const all = Array.from({ length: 60 }, (_, i) => i + 1);
  for (const _ of all) await sender.request('evt.order.placed.v1.0', new Uint8Array(MIB));
  const room = Promise.withResolvers<void>();
  const taken: number[] = [];
  const before = client.stats().inBytes;
  const take = ({ seq }: Stored): Promise<void> | undefined => {
    taken.push(seq);
    return taken.length === 1 ? room.promise : undefined;
  };
  const broker = await brokerOf(client, new Names(), silentLogger);
  const reader = new Reader(broker, 'EVENTS', 0, { take, rested: () => {} });
  onTestFinished(() => reader.stop());
  onTestFinished(() => room.resolve());
  await expect.poll(() => taken, { timeout: 10_000 }).toEqual([1]);
  const [name = ''] = (await manager.consumers.list('EVENTS').next()).map((info) => info.name);
  const isAnswered = async () => (await manager.consumers.info('EVENTS', name)).num_waiting === 0;
  for (const _ of ['the first request', 'what would be asked for next', 'and after that'])
    await expect.poll(isAnswered, { timeout: 10_000 }).toBe(true);
  expect(client.stats().inBytes - before).toBeLessThan(17 * MIB);
  room.resolve();
  await expect.poll(() => taken, { timeout: 10_000 }).toEqual(all);
});

it('a message that is larger than what is asked for at once is read alone', async () => {
  const { client } = await Stage.on(await startServer({ maxPayload: 24 * MIB }));
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: 'EVENTS', subjects: ['evt.>'] });
  const sizes = [5, 20 * MIB, 7, 20 * MIB, 3];
  for (const size of sizes) await client.request('evt.order.placed.v1.0', new Uint8Array(size));
  const taken: number[] = [];
  const take = ({ message }: Stored): undefined => void taken.push(message.data.length);
  const broker = await brokerOf(client, new Names(), silentLogger);
  const reader = new Reader(broker, 'EVENTS', 0, { take, rested: () => {} });
  onTestFinished(() => reader.stop());
  await expect.poll(() => taken, { timeout: 10_000 }).toEqual(sizes);
});
