import type { ParcelDispatched } from '@shop/contracts-parcel';
import { StockReserved } from '@shop/contracts-stock';
import { embeddedDatabase, IN_MEMORY, Inbox } from '@troupe/inbox';
import { RetryAfter } from '@troupe/nest';
import { type StepHarness, startService, stepHarness } from '@troupe/testing';
import { afterAll, expect, it, onTestFinished } from 'vitest';
import { Carrier, SimulatedCarrier } from './carrier.ts';
import { migrations } from './dispatches.ts';
import { HttpCarrier } from './http-carrier.ts';
import { ParcelSteps } from './parcel.steps.ts';
import { reserved } from './reservations.spec.support.ts';

const inbox = new Inbox(embeddedDatabase(IN_MEMORY), { app: 'shipping', migrations });
afterAll(() => inbox.close());

const dispatching = (carrier: Carrier = new SimulatedCarrier()): Promise<StepHarness> =>
  stepHarness({
    providers: [ParcelSteps, { provide: Inbox, useValue: inbox }, { provide: Carrier, useValue: carrier }],
    step: [ParcelSteps, 'dispatch'],
  });
const warehousesOf = (orderId: string): Promise<object[]> =>
  inbox.database.query('SELECT warehouse FROM parcels WHERE order_id = $1 ORDER BY warehouse', [orderId]);

it('dispatches a parcel from each warehouse, told apart by its key', async () => {
  const step = await dispatching();
  const parcels = await step.given(StockReserved, { ...reserved, orderId: 'o-1' }, { id: 'first' });
  expect(parcels.map(({ type, key }) => [type, key])).toEqual([
    ['parcel.dispatched.v1', 'east'],
    ['parcel.dispatched.v1', 'west'],
  ]);
  expect(new Set(parcels.map(({ id }) => id)).size).toBe(2);
  expect(await warehousesOf('o-1')).toEqual([{ warehouse: 'east' }, { warehouse: 'west' }]);
});

it('dispatches nothing again for a reservation that is delivered again', async () => {
  const step = await dispatching();
  const again = { ...reserved, orderId: 'o-2' };
  expect(await step.given(StockReserved, again, { id: 'again' })).toHaveLength(2);
  expect(await step.given(StockReserved, again, { id: 'again' })).toEqual([]);
  expect(await warehousesOf('o-2')).toHaveLength(2);
});

it('tells the carrier of each parcel under its own key, again when it had no time', async () => {
  const answers = [{}, { status: 503, headers: { 'retry-after': '2' } }];
  const service = await startService(() => answers.shift() ?? {});
  onTestFinished(() => service.stop());
  const step = await dispatching(new HttpCarrier(service.url));
  const given = () => step.given(StockReserved, { ...reserved, orderId: 'o-3' }, { id: 'fetched' });
  await expect(given()).rejects.toThrow(RetryAfter);
  expect(await warehousesOf('o-3')).toEqual([]);
  const parcels = await given();
  expect(await warehousesOf('o-3')).toHaveLength(2);

  const requests = parcels.map(({ data }) => {
    const { orderId, parcelId, warehouse } = data as ParcelDispatched;
    return { path: '/dispatches', key: parcelId, body: { orderId, parcelId, warehouse } };
  });
  expect(new Set(requests.map(({ key }) => key)).size).toBe(2);
  expect(service.requests).toEqual([...requests, ...requests]);
});
