import { ParcelDelivered, ParcelReturned } from '@shop/contracts-carrier';
import type { FulfilmentRequested } from '@shop/contracts-fulfilment';
import { ParcelPack } from '@shop/contracts-packing';
import type { MasterStatus } from '@troupe/orchestration';
import { type AppHarness, appHarness, startBroker, type TestBroker } from '@troupe/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { FulfilmentModule } from './fulfilment.module.ts';
import { request } from './requests.spec.support.ts';
import {
  CROWDED,
  FORGOTTEN,
  MISSING_SKU,
  NOWHERE,
  UNPRINTABLE,
  WorkersModule,
} from './workers.spec.support.ts';

const PATIENCE = { timeout: 20_000, interval: 50 };

describe('a fulfilment', () => {
  let broker: TestBroker;
  let workers: AppHarness;
  let fulfilment: AppHarness;

  beforeAll(async () => {
    broker = await startBroker();
    workers = await appHarness(WorkersModule, { broker });
    fulfilment = await appHarness(FulfilmentModule, { broker });
  });
  afterAll(async () => {
    await fulfilment?.stop();
    await workers?.stop();
    await broker?.stop();
  });

  const begin = async (change: Partial<FulfilmentRequested>) =>
    fulfilment.app.inject({ method: 'POST', url: '/fulfilments', payload: request(change) });
  const statusOf = async (id: string): Promise<MasterStatus> =>
    (await fulfilment.app.inject({ method: 'GET', url: `/fulfilments/${id}` })).json();
  /** The master status once it is this one. */
  const reaches = async (
    id: string,
    wanted: MasterStatus['status'],
    timeout = PATIENCE.timeout,
  ): Promise<MasterStatus> => {
    const reached = async () => expect(await statusOf(id)).toMatchObject({ status: wanted });
    await vi.waitFor(reached, { ...PATIENCE, timeout });
    return statusOf(id);
  };
  const eventsOf = async (id: string): Promise<{ type: string; data: unknown }[]> =>
    (await fulfilment.events(id)).map(({ type, data }) => ({ type, data }));
  const typesOf = async (id: string): Promise<string[]> => (await eventsOf(id)).map(({ type }) => type);

  it('is taken over HTTP, and says where it can be asked for', async () => {
    const answer = await begin({ fulfilmentId: 'f-taken' });
    expect(answer.statusCode).toBe(202);
    expect(answer.headers.location).toBe('/fulfilments/f-taken');
    expect((await begin({ fulfilmentId: 'f-taken' })).statusCode).toBe(202);
    expect((await begin({ fulfilmentId: 'f-taken', orderId: 'another' })).statusCode).toBe(422);
    await reaches('f-taken', 'completed');
    expect((await typesOf('f-taken')).filter((type) => type === 'order.fulfilled.v1')).toHaveLength(1);
  });

  it.each([
    ['no lines', []],
    ['one line too many', Array.from({ length: 10_001 }, () => ({ sku: 'TENT-2P', quantity: 1 }))],
  ])('is refused with %s', async (_, lines) => {
    expect((await begin({ fulfilmentId: 'f-refused', lines })).statusCode).toBe(422);
    expect((await fulfilment.app.inject({ url: '/fulfilments/f-refused' })).statusCode).toBe(404);
  });

  it('picks every line at the station, packs, labels, hands over, and tells the whole', async () => {
    await begin({ fulfilmentId: 'f-whole' });
    const status = await reaches('f-whole', 'completed');
    expect(status).toMatchObject({ state: 'delivered', progress: { done: 6, total: 6 }, errors: [] });
    const events = await eventsOf('f-whole');
    const picks = events.filter(({ type }) => type === 'item.pick.v1').map(({ data }) => data);
    expect(picks).toMatchObject([
      { line: 1, sku: 'TENT-2P', quantity: 1, bringTo: 'hall-1/bay-04' },
      { line: 2, sku: 'STOVE-1', quantity: 2, bringTo: 'hall-1/bay-04' },
    ]);
    expect(events.at(-1)).toMatchObject({
      type: 'order.fulfilled.v1',
      data: { fulfilmentId: 'f-whole', orderId: 'o-1001', missing: [] },
    });
    expect(await typesOf('f-whole/carrier/1')).toEqual(['parcel.consigned.v1', 'parcel.delivered.v1']);
  });

  it('is in the hands of the carrier until that tells of an end', async () => {
    await begin({ fulfilmentId: 'f-forgotten', recipient: FORGOTTEN });
    const handedOff = { status: 'running', state: 'handedOff', progress: { done: 5, total: 6 } };
    await vi.waitFor(async () => expect(await statusOf('f-forgotten')).toMatchObject(handedOff), PATIENCE);
    const parcel = { orderId: 'o-1001', parcelId: 'box-1' };
    await fulfilment.publish(ParcelDelivered, parcel, { flowId: 'another/carrier/1' });
    await fulfilment.publish(
      ParcelReturned,
      { ...parcel, reason: 'lost' },
      { flowId: 'f-forgotten/carrier/1' },
    );
    expect(await reaches('f-forgotten', 'completed')).toMatchObject({ state: 'returned' });
  });

  it('is completed, and says so, when the carrier brings its parcel back', async () => {
    await begin({ fulfilmentId: 'f-returned', deliverTo: { ...request().deliverTo, postalCode: NOWHERE } });
    expect(await reaches('f-returned', 'completed')).toMatchObject({ state: 'returned', errors: [] });
    expect((await eventsOf('f-returned/carrier/1')).at(-1)).toMatchObject({
      type: 'parcel.returned.v1',
      data: { orderId: 'o-1001', reason: 'address-unknown' },
    });
  });

  it('goes on without what is missing, if that is wanted', async () => {
    const lines = [
      { sku: MISSING_SKU, quantity: 1 },
      { sku: 'STOVE-1', quantity: 2 },
    ];
    await begin({ fulfilmentId: 'f-partial', lines, whenMissing: 'partial' });
    await reaches('f-partial', 'completed');
    const events = await eventsOf('f-partial');
    expect(events.find(({ type }) => type === 'parcel.pack.v1')?.data).toMatchObject({ lines: 1 });
    expect(events.at(-1)).toMatchObject({ type: 'order.fulfilled.v1', data: { missing: [1] } });
  });

  it('puts everything back, the last first, when one line is missing and that is wanted', async () => {
    const lines = [...request().lines, { sku: MISSING_SKU, quantity: 1 }];
    await begin({ fulfilmentId: 'f-undone', lines, whenMissing: 'cancel' });
    await reaches('f-undone', 'compensated');
    const events = await eventsOf('f-undone');
    const undone = events.slice(events.findIndex(({ type }) => type === 'item.restock.v1'));
    expect(undone).toMatchObject([
      { type: 'item.restock.v1', data: { pickId: 'pick-2' } },
      { type: 'item.restocked.v1' },
      { type: 'item.restock.v1', data: { pickId: 'pick-1' } },
      { type: 'item.restocked.v1' },
      { type: 'station.release.v1', data: { stationId: 'st-04' } },
      { type: 'station.released.v1' },
      { type: 'fulfilment.cancelled.v1', data: { orderId: 'o-1001', reason: 'item-missing' } },
    ]);
    expect(events.map(({ type }) => type)).not.toContain('parcel.pack.v1');
  });

  it('asks for a station again when every one is taken', async () => {
    await begin({ fulfilmentId: CROWDED });
    const queueing = { state: 'queueing', timers: [{}] };
    await vi.waitFor(async () => expect(await statusOf(CROWDED)).toMatchObject(queueing), PATIENCE);
    await reaches(CROWDED, 'completed');
    expect((await typesOf(CROWDED)).filter((type) => type === 'station.reserve.v1')).toHaveLength(2);
  });

  it('waits for a person when a command fails for good, and is undone when that one says so', async () => {
    await begin({ fulfilmentId: 'f-unprintable', recipient: UNPRINTABLE });
    const status = await reaches('f-unprintable', 'suspended');
    expect(status.errors).toMatchObject([{ code: 'terminal-error', command: 'label.print' }]);

    const url = '/fulfilments/f-unprintable';
    expect(
      (await fulfilment.app.inject({ method: 'POST', url: `${url}/compensate`, payload: {} })).statusCode,
    ).toBe(202);
    await reaches('f-unprintable', 'compensated');
    expect(await typesOf('f-unprintable')).toEqual(
      expect.arrayContaining(['parcel.unpacked.v1', 'item.restocked.v1', 'station.released.v1']),
    );
  });

  it('is undone when a client cancels it', async () => {
    await begin({ fulfilmentId: 'f-cancelled', recipient: UNPRINTABLE });
    await reaches('f-cancelled', 'suspended');
    const cancelled = await fulfilment.app.inject({ method: 'DELETE', url: '/fulfilments/f-cancelled' });
    expect(cancelled.statusCode).toBe(202);
    await reaches('f-cancelled', 'cancelled');
    expect((await eventsOf('f-cancelled')).at(-1)).toMatchObject({
      type: 'fulfilment.cancelled.v1',
      data: { fulfilmentId: 'f-cancelled', orderId: 'o-1001', reason: 'requested' },
    });
  });

  it('does not mind a command of a stranger in its flow', async () => {
    await begin({ fulfilmentId: 'f-stranger', recipient: UNPRINTABLE });
    await reaches('f-stranger', 'suspended');
    const pack = { fulfilmentId: 'f-stranger', stationId: 'st-04', lines: 1 };
    await fulfilment.publish(ParcelPack, pack, { flowId: 'f-stranger' });
    const packed = async () => (await typesOf('f-stranger')).filter((type) => type === 'parcel.packed.v1');
    await vi.waitFor(async () => expect(await packed()).toHaveLength(2), PATIENCE);
    expect(await statusOf('f-stranger')).toMatchObject({ status: 'suspended', state: 'labelling' });
  });

  it('picks as many lines at once as an order may have', async () => {
    const lines = Array.from({ length: 10_000 }, () => ({ sku: 'STOVE-1', quantity: 1 }));
    await begin({ fulfilmentId: 'f-large', lines });
    const status = await reaches('f-large', 'completed', 120_000);
    expect(status).toMatchObject({ progress: { done: 10_004, total: 10_004 }, errors: [] });
  }, 150_000);
});
