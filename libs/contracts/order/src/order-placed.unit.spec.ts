import { contractOf, exampleOf } from '@troupe/contract';
import { describe, expect, it } from 'vitest';
import { MOST_LINES, OrderPlaced } from './index.ts';

const example = (): OrderPlaced => ({
  orderId: 'o-1001',
  customer: { name: 'Ada Example', email: 'ada@example.com' },
  deliverTo: { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' },
  lines: [
    { sku: 'TENT-2P', quantity: 1, unitPrice: 12_900 },
    { sku: 'STOVE-1', quantity: 2, unitPrice: 4_500 },
  ],
  total: { amount: 21_900, currency: 'EUR' },
  paymentToken: 'tok_visa',
});

const contract = contractOf(OrderPlaced);
const broken = (value: unknown): string[] => contract.violationsOfProduced(value).map(({ path }) => path);
const line = { sku: 'TENT-2P', quantity: 1, unitPrice: 100 };

describe('order.placed.v1', () => {
  it('is enforced by its compiled schema', () => {
    expect(contract).toMatchObject({ id: 'order.placed.v1', owner: 'storefront', kind: 'event' });
    expect(contract.fallbackReasons).toEqual([]);
    expect(contract.enforcement).toBe('compiled');
  });

  it('takes an order', () => {
    expect(broken(example())).toEqual([]);
  });

  it('has an example of each of its fields, and takes it', () => {
    const { message, missing } = exampleOf(contract.producedSchema);
    expect(missing).toEqual([]);
    expect(broken(message)).toEqual([]);
  });

  it('takes as many lines as an order may have, and a gift', () => {
    const lines = Array.from({ length: MOST_LINES }, () => ({ ...line, unitPrice: 0 }));
    expect(broken({ ...example(), lines })).toEqual([]);
  });

  it.each<[string, Partial<Record<keyof OrderPlaced, unknown>>, string]>([
    ['no id', { orderId: undefined }, '/orderId'],
    ['an id that no subject or URL takes', { orderId: 'a b' }, '/orderId'],
    ['an id of another kind than text', { orderId: 7 }, '/orderId'],
    ['no lines', { lines: [] }, '/lines'],
    ['one line too many', { lines: Array.from({ length: MOST_LINES + 1 }, () => line) }, '/lines'],
    ['lines that are no list', { lines: { 0: line } }, '/lines'],
    ['a negative quantity', { lines: [line, { ...line, quantity: -1 }] }, '/lines/1/quantity'],
    ['half a piece', { lines: [{ ...line, quantity: 0.5 }] }, '/lines/0/quantity'],
    ['a negative price', { lines: [{ ...line, unitPrice: -1 }] }, '/lines/0/unitPrice'],
    [
      'a price that is no whole number of cents',
      { lines: [{ ...line, unitPrice: 9.99 }] },
      '/lines/0/unitPrice',
    ],
    ['a sku with a space', { lines: [{ ...line, sku: 'TENT 2P' }] }, '/lines/0/sku'],
    ['no such currency', { total: { amount: 1, currency: 'XYZ' } }, '/total/currency'],
    ['a currency in lower case', { total: { amount: 1, currency: 'eur' } }, '/total/currency'],
    ['an amount that is not exact', { total: { amount: 2 ** 53, currency: 'EUR' } }, '/total/amount'],
    ['a total that is a number', { total: 100 }, '/total'],
    ['no mail address', { customer: { name: 'Ada', email: 'ada' } }, '/customer/email'],
    ['an endless name', { customer: { name: 'A'.repeat(201), email: 'a@b.de' } }, '/customer/name'],
    ['no such country', { deliverTo: { ...example().deliverTo, country: 'XX' } }, '/deliverTo/country'],
    ['no payment token', { paymentToken: '' }, '/paymentToken'],
  ])('refuses %s', (_, change, path) => {
    expect(broken({ ...example(), ...change })).toContain(path);
  });

  it('refuses to send a field that it does not name, and takes one that a newer storefront sends', () => {
    const newer = { ...example(), coupon: 'SUMMER' };
    expect(broken(newer)).toEqual(['/coupon']);
    expect(contract.violationsOfAccepted(newer)).toEqual([]);
  });
});
