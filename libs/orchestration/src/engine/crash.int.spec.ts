import 'reflect-metadata';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { next } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parcelOptions } from '../parcel.spec.support.ts';
import { ItemPicked, ParcelReady, PickItem, ReserveStation, StationReserved } from '../shop.spec.support.ts';
import { until } from '../until.spec.support.ts';
import { lossy, PLACES } from './lossy.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

vi.setConfig({ testTimeout: 60_000 });

const ITEMS = Array.from({ length: 40 }, (_, index) => `item-${index}`);

describe('an orchestration that is lost in the middle', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  it.each(PLACES)('goes on in the same process, each input lost once %s', async (place) => {
    const stage = await Stage.on(server);
    await stage.workers();
    const lost = new Set<string>();
    await stage.app('shop', [
      lossy(parcelOptions, (id) => (lost.size < lost.add(id).size ? place : undefined)),
    ]);
    await begun(stage);
    await finished(stage);
    expect(lost.size).toBeGreaterThan(3);
  });

  it.each(PLACES)('goes on in another process, when the first loses all %s', async (place) => {
    const stage = await Stage.on(server);
    let losses = 0;
    let loses = false;
    const first = await stage.app('shop', [
      lossy(parcelOptions, () => (loses && ++losses > 0 ? place : undefined)),
    ]);
    const reserved: string[] = [];
    await stage.workers({
      reserve: ({ parcel }) => {
        reserved.push(parcel);
        loses = true; // the answer is lost, which dispatches the fan-out
        return next(StationReserved, { station: 'north-3' });
      },
    });
    await begun(stage);
    await until('the answer was lost', () => losses > 0);
    await first.stop(0);
    await stage.orchestrator();
    await finished(stage);
    expect(reserved).toEqual(['p-1']);
  });

  async function begun(stage: Stage): Promise<void> {
    await stage.request('p-1', ITEMS);
    await stage.pay('p-1');
  }

  /** Every command was sent once, and the parcel is ready once. */
  async function finished(stage: Stage): Promise<void> {
    const { status, snapshot } = await stage.ended('p-1');
    expect(status).toBe('completed');
    expect(snapshot?.context.picked).toEqual(ITEMS);
    expect(await stage.sent(ReserveStation)).toHaveLength(1);
    expect((await stage.sent(PickItem)).map(({ item }) => item).sort()).toEqual([...ITEMS].sort());
    expect(await stage.sent(ItemPicked)).toHaveLength(ITEMS.length);
    await until('it says so', async () => (await stage.sent(ParcelReady)).length > 0);
    expect(await stage.sent(ParcelReady)).toHaveLength(1);
  }
});
