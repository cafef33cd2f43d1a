import { contractOf, exampleOf } from '@troupe/contract';
import { describe, expect, it } from 'vitest';
import { PaymentAuthorized, PaymentDeclined, PaymentRefunded } from './index.ts';

const customer = { name: 'Ada Example', email: 'ada@example.com' };
const deliverTo = { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' };
const amount = { amount: 21_900, currency: 'EUR' };

const authorized: PaymentAuthorized = {
  orderId: 'o-1001',
  paymentId: 'pay-1',
  amount,
  customer,
  deliverTo,
  lines: [{ sku: 'TENT-2P', quantity: 1 }],
};
const declined: PaymentDeclined = { orderId: 'o-1001', amount, customer, reason: 'card-declined' };
const refunded: PaymentRefunded = {
  orderId: 'o-1001',
  paymentId: 'pay-1',
  amount,
  customer,
  reason: 'stock-short',
};

describe.each([
  { contract: contractOf<object>(PaymentAuthorized), id: 'payment.authorized.v1', example: authorized },
  { contract: contractOf<object>(PaymentDeclined), id: 'payment.declined.v1', example: declined },
  { contract: contractOf<object>(PaymentRefunded), id: 'payment.refunded.v1', example: refunded },
])('$id', ({ contract, id, example }) => {
  const broken = (value: object): string[] => contract.violationsOfProduced(value).map(({ path }) => path);

  it('is enforced by its compiled schema', () => {
    expect(contract).toMatchObject({ id, owner: 'payments', kind: 'event' });
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

  it('refuses an amount that is no whole number, or of no currency', () => {
    expect(broken({ ...example, amount: { amount: 1.5, currency: 'EUR' } })).toEqual(['/amount/amount']);
    expect(broken({ ...example, amount: { amount: 1, currency: 'Euro' } })).toContain('/amount/currency');
  });

  it('refuses a customer without a mail address', () => {
    expect(broken({ ...example, customer: { name: 'Ada' } })).toContain('/customer/email');
  });
});

it('refuses a reason that is a sentence', () => {
  const path = contractOf(PaymentDeclined).violationsOfProduced({ ...declined, reason: 'No money.' })[0]
    ?.path;
  expect(path).toBe('/reason');
});

it('refuses an authorization of nothing', () => {
  const path = contractOf(PaymentAuthorized).violationsOfProduced({ ...authorized, lines: [] })[0]?.path;
  expect(path).toBe('/lines');
});
