import { StockReserved } from '@shop/contracts-stock';
import { stepHarness } from '@troupe/testing';
import { expect, it } from 'vitest';
import { ParcelSteps } from './parcel.steps.ts';
import { reserved } from './reservations.spec.support.ts';

it('dispatches a parcel from each warehouse, told apart by its key', async () => {
  const step = await stepHarness({ providers: [ParcelSteps], step: [ParcelSteps, 'dispatch'] });
  const parcels = await step.given(StockReserved, reserved);
  expect(parcels.map(({ type, key }) => [type, key])).toEqual([
    ['parcel.dispatched.v1', 'east'],
    ['parcel.dispatched.v1', 'west'],
  ]);
  expect(new Set(parcels.map(({ id }) => id)).size).toBe(2);
});

it('gives a redelivered message the same parcels, byte by byte', async () => {
  const step = await stepHarness({ providers: [ParcelSteps], step: [ParcelSteps, 'dispatch'] });
  const first = await step.given(StockReserved, reserved);
  expect(JSON.stringify(await step.given(StockReserved, reserved))).toBe(JSON.stringify(first));
});
