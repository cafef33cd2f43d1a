import { StockReserved } from '@shop/contracts-stock';
import { embeddedDatabase, IN_MEMORY, Inbox } from '@troupe/inbox';
import { type StepHarness, stepHarness } from '@troupe/testing';
import { afterAll, expect, it } from 'vitest';
import { migrations } from './dispatches.ts';
import { ParcelSteps } from './parcel.steps.ts';
import { reserved } from './reservations.spec.support.ts';

const inbox = new Inbox(embeddedDatabase(IN_MEMORY), { app: 'shipping', migrations });
afterAll(() => inbox.close());

const dispatching = (): Promise<StepHarness> =>
  stepHarness({
    providers: [ParcelSteps, { provide: Inbox, useValue: inbox }],
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
