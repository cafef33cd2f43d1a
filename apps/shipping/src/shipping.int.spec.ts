import { StockReserved } from '@shop/contracts-stock';
import { Inbox } from '@troupe/inbox';
import { type AppHarness, appHarness, startBroker, startService, type TestBroker } from '@troupe/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { reserved } from './reservations.spec.support.ts';
import { ShippingModule } from './shipping.module.ts';

describe('shipping', () => {
  let broker: TestBroker;
  let shipping: AppHarness;

  beforeAll(async () => {
    broker = await startBroker();
    shipping = await appHarness(ShippingModule, { broker });
  });
  afterAll(async () => {
    await shipping?.stop();
    await broker?.stop();
  });

  it('answers a reservation in two warehouses with two parcels', async () => {
    await shipping.publish(StockReserved, reserved, { flowId: 'two' });
    const [, ...parcels] = await shipping.events('two', { until: 3 });
    expect(parcels.map(({ type }) => type)).toEqual(['parcel.dispatched.v1', 'parcel.dispatched.v1']);
    const kept = 'SELECT warehouse FROM parcels ORDER BY warehouse';
    expect(await shipping.app.get(Inbox).database.query(kept)).toEqual([
      { warehouse: 'east' },
      { warehouse: 'west' },
    ]);
  });

  it('tells the carrier at CARRIER_URL of each parcel', async () => {
    const carrier = await startService(() => ({}));
    onTestFinished(() => carrier.stop());
    vi.stubEnv('CARRIER_URL', carrier.url);
    onTestFinished(() => void vi.unstubAllEnvs());
    const calling = await appHarness(ShippingModule, { broker, prefix: 'calling' });
    onTestFinished(() => calling.stop());
    await calling.publish(StockReserved, reserved, { flowId: 'told' });
    await calling.events('told', { until: 3 });
    const { orderId } = reserved;
    expect(carrier.requests).toMatchObject([
      { path: '/dispatches', body: { orderId, warehouse: 'east' } },
      { path: '/dispatches', body: { orderId, warehouse: 'west' } },
    ]);
  });

  it('does not start with a CARRIER_URL that is none', async () => {
    vi.stubEnv('CARRIER_URL', 'carrier:4000');
    onTestFinished(() => void vi.unstubAllEnvs());
    const starting = appHarness(ShippingModule, { broker, prefix: 'wrong' });
    await expect(starting).rejects.toThrow('CARRIER_URL is "carrier:4000"');
  });
});
