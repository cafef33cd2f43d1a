import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readCalls } from './calls.ts';
import { createWorld } from './world.ts';

it('answers a key that comes again as before, does nothing for it, and logs both calls', async () => {
  const world = await startWorld();
  const body = { orderId: 'o1', paymentToken: 'tok_visa' };
  const first = await world.post('/authorizations', body, 'k1');
  expect(first).toEqual({ authorized: true, paymentId: 'pay_k1' });
  expect(await world.post('/authorizations', body, 'k1')).toEqual(first);
  expect(await readCalls(world.log)).toMatchObject([
    { deed: 'charge', key: 'k1', orderId: 'o1', effect: 'pay_k1', repeated: false },
    { deed: 'charge', key: 'k1', orderId: 'o1', repeated: true },
  ]);
});

it('refuses a card, for which nothing is done', async () => {
  const world = await startWorld();
  const body = { orderId: 'o1', paymentToken: 'tok_declined' };
  expect(await world.post('/authorizations', body, 'k1')).toMatchObject({ authorized: false });
  const [call] = await readCalls(world.log);
  expect(call).not.toHaveProperty('effect');
});

it('reserves, dispatches and refunds', async () => {
  const world = await startWorld();
  await world.post('/reservations', { orderId: 'o1', reservationId: 'r1' }, 'r1');
  await world.post('/dispatches', { orderId: 'o1', parcelId: 'p1' }, 'p1');
  await world.post('/refunds', { orderId: 'o1' }, 'k1');
  expect((await readCalls(world.log)).map(({ deed, effect }) => [deed, effect])).toEqual([
    ['reserve', 'r1'],
    ['dispatch', 'p1'],
    ['refund', 'ref_k1'],
  ]);
});

it('answers nothing that has no key, no order or no such path', async () => {
  const world = await startWorld();
  await expect(world.post('/refunds', {}, 'k1')).rejects.toThrow('400');
  await expect(world.post('/bribes', { orderId: 'o1' }, 'k1')).rejects.toThrow('400');
  await expect(world.post('/refunds', { orderId: 'o1' })).rejects.toThrow('400');
  expect(await readCalls(world.log)).toEqual([]);
});

async function startWorld() {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-world-'));
  const log = join(folder, 'world.jsonl');
  const server = createWorld(log);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    await rm(folder, { recursive: true });
  });
  const { port } = server.address() as AddressInfo;
  return {
    log,
    post: async (path: string, body: object, key?: string): Promise<unknown> => {
      const response = await fetch(`http://127.0.0.1:${port}${path}`, {
        method: 'POST',
        headers: key === undefined ? {} : { 'idempotency-key': key },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(String(response.status));
      return response.json();
    },
  };
}
