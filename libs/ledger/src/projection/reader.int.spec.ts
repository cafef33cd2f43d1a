import { jetstreamManager } from '@nats-io/jetstream';
import { Names, silentLogger } from '@troupe/jetstream';
import { expect, it, onTestFinished } from 'vitest';
import { Stage, startServer } from '../stage.spec.support.ts';
import { brokerOf } from './broker.ts';
import { Reader } from './reader.ts';
import { isCovered } from './round.ts';

const marksAt = (last: number) => ({ marks: new Map([['EVENTS', { first: 1, last }]]) });

it('a round is covered when all that its marks ask for was taken, and not before', async () => {
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
  const readers = new Map([['EVENTS', reader]]);
  await expect.poll(() => taken, { timeout: 10_000 }).toEqual(['1']);
  expect(await isCovered(marksAt(1), readers)).toBe(false); // it is in the taker's hands
  takeNext();
  await expect.poll(() => taken, { timeout: 10_000 }).toEqual(['1', '2']);
  expect(await isCovered(marksAt(1), readers)).toBe(true);
  expect(await isCovered(marksAt(2), readers)).toBe(false);
  expect(await isCovered(marksAt(1), new Map())).toBe(false);
});

it.each([
  { after: 0, purged: 'before any of it was read' },
  { after: 2, purged: 'when a part of it was read' },
])(
  'a round is covered when a stream was purged $purged: nothing is left to read there',
  async ({ after }) => {
    const { client } = await Stage.on(await startServer());
    const manager = await jetstreamManager(client);
    await manager.streams.add({ name: 'EVENTS', subjects: ['evt.>'] });
    for (const text of ['1', '2', '3']) await client.request('evt.order.placed.v1.0', text);
    await manager.streams.purge('EVENTS');
    const reader = new Reader(await brokerOf(client, new Names(), silentLogger), 'EVENTS', after, () => {});
    onTestFinished(() => reader.stop());
    const readers = new Map([['EVENTS', reader]]);
    await expect.poll(() => isCovered(marksAt(3), readers), { timeout: 10_000 }).toBe(true);
    expect(reader.upto).toBe(3);
  },
);

it('a round is covered when the end of a stream is gone: nothing is left to read there', async () => {
  const { client } = await Stage.on(await startServer());
  const manager = await jetstreamManager(client);
  await manager.streams.add({ name: 'EVENTS', subjects: ['evt.>'] });
  for (const text of ['1', '2', '3']) await client.request('evt.order.placed.v1.0', text);
  await manager.streams.deleteMessage('EVENTS', 3);
  const reader = new Reader(await brokerOf(client, new Names(), silentLogger), 'EVENTS', 0, () => {});
  onTestFinished(() => reader.stop());
  const readers = new Map([['EVENTS', reader]]);
  await expect.poll(() => isCovered(marksAt(3), readers), { timeout: 10_000 }).toBe(true);
  expect(reader.upto).toBe(3);
});
