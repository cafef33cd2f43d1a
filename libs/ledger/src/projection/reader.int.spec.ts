import { jetstreamManager } from '@nats-io/jetstream';
import { Names, silentLogger } from '@troupe/jetstream';
import { expect, it, onTestFinished } from 'vitest';
import { Stage, startServer } from '../stage.spec.support.ts';
import { brokerOf } from './broker.ts';
import { Reader } from './reader.ts';

it('what was read is what was taken, and no more', async () => {
  const { client } = await Stage.on(await startServer());
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: 'EVENTS', subjects: ['evt.>'] });
  for (const text of ['1', '2', '3']) await client.request('evt.order.placed.v1.0', text);
  const taken: string[] = [];
  let takeNext = () => {};
  const reader = new Reader(await brokerOf(client, new Names(), silentLogger), 'EVENTS', 0, (message) => {
    taken.push(message.string());
    return new Promise((resolve) => {
      takeNext = resolve;
    });
  });
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
  const reader = new Reader(await brokerOf(client, new Names(), silentLogger), 'EVENTS', after, () => {});
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
  const reader = new Reader(await brokerOf(client, new Names(), silentLogger), 'EVENTS', 0, () => {});
  onTestFinished(() => reader.stop());
  await expect.poll(() => reader.hasRead(3), { timeout: 10_000 }).toBe(true);
  expect(reader.upto).toBe(3);
});
