import { expect, it } from 'vitest';
import { parcelsOf } from './parcels.ts';
import { reserved } from './reservations.spec.support.ts';

it('makes one parcel of what each warehouse gives', () => {
  const { orderId, customer, deliverTo } = reserved;
  expect(parcelsOf(reserved, 'key')).toEqual([
    {
      orderId,
      parcelId: 'par_key_east',
      warehouse: 'east',
      carrier: 'Northbound Freight',
      customer,
      deliverTo,
      lines: [{ sku: 'TENT-2P', quantity: 1 }],
    },
    {
      orderId,
      parcelId: 'par_key_west',
      warehouse: 'west',
      carrier: 'Pacific Parcel',
      customer,
      deliverTo,
      lines: [{ sku: 'STOVE-1', quantity: 2 }],
    },
  ]);
});

it('has a carrier for a warehouse of which it never heard', () => {
  const allocations = [{ warehouse: 'north', lines: [{ sku: 'SKI-1', quantity: 1 }] }];
  expect(parcelsOf({ ...reserved, allocations }, 'key')[0]?.carrier).toBe('National Post');
});
