import 'reflect-metadata';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ParcelReady, PickItem, ReserveStation } from '../shop.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

vi.setConfig({ testTimeout: 60_000 });

describe('an orchestration', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  it('goes from its start through commands, a fan-out and an awaited event to its end', async () => {
    const stage = await Stage.on(server);
    await stage.workers();
    await stage.orchestrator();
    await stage.request('p-1', ['red', 'blue']);
    await stage.reached('p-1', ({ snapshot }) => snapshot?.value === 'waiting');
    await stage.pay('p-1');
    const record = await stage.ended('p-1');

    expect(record.status).toBe('completed');
    expect(record.snapshot?.context).toEqual({
      parcel: 'p-1',
      items: ['red', 'blue'],
      station: 'north-3',
      picked: ['red', 'blue'],
    });
    expect(await stage.sent(ReserveStation)).toMatchObject([{ parcel: 'p-1', flow: 'p-1' }]);
    expect((await stage.sent(PickItem)).map(({ item }) => item).sort()).toEqual(['blue', 'red']);
    expect(await stage.sent(ParcelReady)).toMatchObject([{ parcel: 'p-1', flow: 'p-1' }]);
  });
});
