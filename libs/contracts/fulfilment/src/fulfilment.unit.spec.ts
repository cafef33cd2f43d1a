import { MOST_LINES } from '@shop/contracts-order';
import { type ContractClass, contractOf, exampleOf } from '@troupe/contract';
import { describe, expect, it } from 'vitest';
import { FulfilmentCancelled, FulfilmentRequested, OrderFulfilled } from './index.ts';

const line = { sku: 'TENT-2P', quantity: 1 };

const requested: FulfilmentRequested = {
  fulfilmentId: 'f-1001',
  orderId: 'o-1001',
  recipient: 'Ada Example',
  deliverTo: { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' },
  lines: [line],
  whenMissing: 'partial',
};
const fulfilled: OrderFulfilled = {
  fulfilmentId: 'f-1001',
  orderId: 'o-1001',
  parcelId: 'box-1',
  labelNumber: 'lbl-1',
  missing: [],
};
const cancelled: FulfilmentCancelled = { fulfilmentId: 'f-1001', orderId: 'o-1001', reason: 'item-missing' };

describe.each<{ of: ContractClass; id: string; example: object; optional?: readonly string[] }>([
  { of: FulfilmentRequested, id: 'fulfilment.requested.v1', example: requested },
  { of: OrderFulfilled, id: 'order.fulfilled.v1', example: fulfilled },
  { of: FulfilmentCancelled, id: 'fulfilment.cancelled.v1', example: cancelled, optional: ['orderId'] },
])('$id', ({ of, id, example, optional = [] }) => {
  const contract = contractOf<object>(of);
  const broken = (value: object): string[] => contract.violationsOfProduced(value).map(({ path }) => path);

  it('is enforced by its compiled schema', () => {
    expect(contract).toMatchObject({ id, owner: 'fulfilment', kind: 'event' });
    expect(contract.fallbackReasons).toEqual([]);
    expect(contract.enforcement).toBe('compiled');
  });

  it('takes its example, and what it cannot do without is each of its fields but optional ones', () => {
    expect(broken(example)).toEqual([]);
    const needed = Object.keys(example).filter((field) => !optional.includes(field));
    expect([...new Set(broken({}))]).toEqual(needed.map((field) => `/${field}`));
  });

  it('has an example of each of its fields, and takes it', () => {
    const { message = {}, missing } = exampleOf(contract.producedSchema);
    expect(missing).toEqual([]);
    expect(broken(message)).toEqual([]);
    expect(Object.keys(message)).toEqual(Object.keys(example));
  });
});

const linesOf = (count: number) => Array.from({ length: count }, () => line);

it.each<[string, object, string]>([
  ['no lines', { lines: [] }, '/lines'],
  ['one line too many', { lines: linesOf(MOST_LINES + 1) }, '/lines'],
  ['a line of no piece', { lines: [{ ...line, quantity: 0 }] }, '/lines/0/quantity'],
  ['another policy', { whenMissing: 'wait' }, '/whenMissing'],
  ['an id that no URL takes', { fulfilmentId: 'a/b' }, '/fulfilmentId'],
])('refuses a request with %s', (_, change, path) => {
  const violations = contractOf(FulfilmentRequested).violationsOfProduced({ ...requested, ...change });
  expect(violations.map((violation) => violation.path)).toContain(path);
});

it('takes a request with as many lines as an order may have', () => {
  const largest = { ...requested, lines: linesOf(MOST_LINES) };
  expect(contractOf(FulfilmentRequested).violationsOfProduced(largest)).toEqual([]);
});

it('refuses a missing line that no request can have', () => {
  const violations = contractOf(OrderFulfilled).violationsOfProduced({ ...fulfilled, missing: [3, 0] });
  expect(violations.map(({ path }) => path)).toEqual(['/missing']);
});
