import { contractOf, exampleOf } from '@troupe/contract';
import { describe, expect, it } from 'vitest';
import { StockReserved, StockShort } from './index.ts';

const customer = { name: 'Ada Example', email: 'ada@example.com' };

const reserved: StockReserved = {
  orderId: 'o-1001',
  reservationId: 'res-1',
  customer,
  deliverTo: { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' },
  allocations: [
    { warehouse: 'east', lines: [{ sku: 'TENT-2P', quantity: 1 }] },
    { warehouse: 'west', lines: [{ sku: 'STOVE-1', quantity: 2 }] },
  ],
};
const short: StockShort = {
  orderId: 'o-1001',
  payment: { paymentId: 'pay-1', amount: { amount: 2_900, currency: 'EUR' } },
  customer,
  shortages: [{ sku: 'LANTERN-9', wanted: 1, available: 0 }],
};

describe.each([
  { contract: contractOf<object>(StockReserved), id: 'stock.reserved.v1', example: reserved },
  { contract: contractOf<object>(StockShort), id: 'stock.short.v1', example: short },
])('$id', ({ contract, id, example }) => {
  const broken = (value: object): string[] => contract.violationsOfProduced(value).map(({ path }) => path);

  it('is enforced by its compiled schema', () => {
    expect(contract).toMatchObject({ id, owner: 'inventory', kind: 'event' });
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
});

it.each<[string, object, string]>([
  ['a reservation in no warehouse', { allocations: [] }, '/allocations'],
  [
    'a warehouse without a name',
    { allocations: [{ ...reserved.allocations[0], warehouse: '' }] },
    '/allocations/0/warehouse',
  ],
  [
    'a warehouse that gives no piece',
    { allocations: [{ warehouse: 'east', lines: [{ sku: 'TENT-2P', quantity: 0 }] }] },
    '/allocations/0/lines/0/quantity',
  ],
])('refuses %s', (_, change, path) => {
  const violations = contractOf(StockReserved).violationsOfProduced({ ...reserved, ...change });
  expect(violations.map((violation) => violation.path)).toContain(path);
});

it.each<[string, object, string]>([
  ['a shortage of nothing', { shortages: [] }, '/shortages'],
  [
    'less than nothing in stock',
    { shortages: [{ sku: 'LANTERN-9', wanted: 1, available: -1 }] },
    '/shortages/0/available',
  ],
  ['a payment without its id', { payment: { amount: short.payment.amount } }, '/payment/paymentId'],
])('refuses %s', (_, change, path) => {
  const violations = contractOf(StockShort).violationsOfProduced({ ...short, ...change });
  expect(violations.map((violation) => violation.path)).toContain(path);
});
