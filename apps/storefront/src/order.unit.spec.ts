import { expect, it } from 'vitest';
import { body } from './bodies.spec.support.ts';
import { orderOf } from './order.ts';
import type { PlaceOrder } from './place-order.ts';

const priced = (...prices: [quantity: number, unitPrice: number][]): PlaceOrder => ({
  ...body(),
  lines: prices.map(([quantity, unitPrice]) => ({ sku: 'TENT-2P', quantity, unitPrice })),
});

it('adds up its lines', () => {
  expect(orderOf(body())?.total).toEqual({ amount: 21_900, currency: 'EUR' });
});

it('is exact up to the largest number, and not made beyond it', () => {
  expect(orderOf(priced([1, Number.MAX_SAFE_INTEGER - 1], [1, 1]))?.total.amount).toBe(
    Number.MAX_SAFE_INTEGER,
  );
  expect(orderOf(priced([1, Number.MAX_SAFE_INTEGER], [1, 1]))).toBeUndefined();
  expect(orderOf(priced([1_000_000, Number.MAX_SAFE_INTEGER]))).toBeUndefined();
});

it('gives the same bytes for bodies that say the same', () => {
  const { lines, customer, ...rest } = body();
  const reordered: PlaceOrder = {
    lines: lines.map(({ sku, quantity, unitPrice }) => ({ unitPrice, quantity, sku })),
    ...rest,
    customer: { email: customer.email, name: customer.name },
  };
  expect(JSON.stringify(orderOf(reordered))).toBe(JSON.stringify(orderOf(body())));
});
