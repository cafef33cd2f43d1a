import { StockReserved } from '@shop/contracts-stock';
import { Inbox } from '@troupe/inbox';
import { type AppHarness, appHarness, startBroker, type TestBroker } from '@troupe/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
});
