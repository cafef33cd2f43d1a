import 'reflect-metadata';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ItemPicked, ParcelReady, PickItem, ReserveStation } from '../shop.spec.support.ts';
import { until } from '../until.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

vi.setConfig({ testTimeout: 120_000 });

describe('many at once', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  it('runs instances in several processes, each command sent once and each end reached once', async () => {
    const stage = await Stage.on(server);
    await Promise.all([stage.orchestrator(), stage.orchestrator(), stage.orchestrator()]);
    await stage.workers();
    const parcels = Array.from({ length: 100 }, (_, index) => `p-${index}`);
    const items = ['red', 'green', 'blue', 'white'];
    await Promise.all(parcels.flatMap((parcel) => [stage.request(parcel, items), stage.pay(parcel)]));
    await until('all are ready', async () => (await stage.sent(ParcelReady)).length >= parcels.length);
    await stage.settled('shop');

    const once = (found: readonly { readonly flow: string }[]) => found.map(({ flow }) => flow).sort();
    expect(once(await stage.sent(ReserveStation))).toEqual([...parcels].sort());
    expect(once(await stage.sent(ParcelReady))).toEqual([...parcels].sort());
    const picks = await stage.sent(PickItem);
    expect(new Set(picks.map(({ flow, item }) => `${flow}/${item}`)).size).toBe(
      parcels.length * items.length,
    );
    expect(picks).toHaveLength(parcels.length * items.length);
    for (const parcel of parcels) {
      const record = await stage.record(parcel);
      expect(record).toMatchObject({ status: 'completed', snapshot: { context: { picked: items } } });
    }
  });

  it('joins a fan-out of a thousand, its outcomes in the order of dispatch', async () => {
    const stage = await Stage.on(server);
    await Promise.all([stage.orchestrator(), stage.orchestrator()]);
    await stage.workers();
    const items = Array.from({ length: 1_000 }, (_, index) => `item-${index}`);
    await stage.request('p-1', items);
    const record = await stage.reached('p-1', ({ snapshot }) => snapshot?.value === 'waiting');
    expect(record.snapshot?.context.picked).toEqual(items);
    expect(await stage.sent(ItemPicked)).toHaveLength(items.length);
  });

  it('joins a fan-out of nothing at once', async () => {
    const stage = await Stage.on(server);
    await stage.orchestrator();
    await stage.workers();
    await stage.request('p-1', []);
    await stage.reached('p-1', ({ snapshot }) => snapshot?.value === 'waiting');
    expect(await stage.sent(PickItem)).toEqual([]);
  });

  it('is suspended when it would send more than 10,000 commands at once, and sends none', async () => {
    const stage = await Stage.on(server);
    await stage.orchestrator();
    await stage.workers();
    await stage.request(
      'p-1',
      Array.from({ length: 10_001 }, (_, index) => `${index}`),
    );
    const record = await stage.reached('p-1', ({ status }) => status === 'suspended');
    expect(record.problems).toMatchObject([{ code: 'TROUPE_ORCHESTRATION_LIMIT' }]);
    expect(await stage.sent(PickItem)).toEqual([]);
  });
});
