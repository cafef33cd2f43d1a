import { contractOf, exampleOf } from '@troupe/contract';
import { describe, expect, it } from 'vitest';
import { ParcelDispatched } from './index.ts';

const example: ParcelDispatched = {
  orderId: 'o-1001',
  parcelId: 'par-1',
  warehouse: 'east',
  carrier: 'Northbound Freight',
  customer: { name: 'Ada Example', email: 'ada@example.com' },
  deliverTo: { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' },
  lines: [{ sku: 'TENT-2P', quantity: 1 }],
};

const contract = contractOf(ParcelDispatched);
const broken = (value: object): string[] => contract.violationsOfProduced(value).map(({ path }) => path);

describe('parcel.dispatched.v1', () => {
  it('is enforced by its compiled schema', () => {
    expect(contract).toMatchObject({ id: 'parcel.dispatched.v1', owner: 'shipping', kind: 'event' });
    expect(contract.fallbackReasons).toEqual([]);
    expect(contract.enforcement).toBe('compiled');
  });

  it('takes its example, and what it cannot do without is each of its fields', () => {
    expect(broken(example)).toEqual([]);
    expect([...new Set(broken({}))]).toEqual(Object.keys(example).map((field) => `/${field}`));
  });

  it('has an example of each of its fields, and takes it', () => {
    const { message = {}, missing } = exampleOf(contract.producedSchema);
    expect(missing).toEqual([]);
    expect(broken(message)).toEqual([]);
    expect(Object.keys(message)).toEqual(Object.keys(example));
  });

  it.each<[string, object, string]>([
    ['an empty parcel', { lines: [] }, '/lines'],
    ['a product without a quantity', { lines: [{ sku: 'TENT-2P' }] }, '/lines/0/quantity'],
    ['a warehouse in capitals', { warehouse: 'EAST' }, '/warehouse'],
    ['an address without a street', { deliverTo: { ...example.deliverTo, street: '' } }, '/deliverTo/street'],
  ])('refuses %s', (_, change, path) => {
    expect(broken({ ...example, ...change })).toContain(path);
  });
});
