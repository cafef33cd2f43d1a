import { OrderPlaced } from '@shop/contracts-order';
import { StockShort } from '@shop/contracts-stock';
import { stepHarness } from '@troupe/testing';
import { describe, expect, it } from 'vitest';
import { order, short } from './orders.spec.support.ts';
import { PaymentSteps } from './payment.steps.ts';
import { PaymentProvider } from './provider.ts';

const providers = [PaymentProvider, PaymentSteps];

describe('authorize', () => {
  it('tells the next step all that it needs', async () => {
    const step = await stepHarness({ providers, step: [PaymentSteps, 'authorize'] });
    const [authorized, ...others] = await step.given(OrderPlaced, order());
    expect(others).toEqual([]);
    expect(authorized).toMatchObject({
      type: 'payment.authorized.v1',
      data: {
        orderId: 'o-1001',
        amount: { amount: 12_900, currency: 'EUR' },
        customer: order().customer,
        deliverTo: order().deliverTo,
        lines: [{ sku: 'TENT-2P', quantity: 1 }],
      },
    });
  });

  it('says why the provider declined', async () => {
    const step = await stepHarness({ providers, step: [PaymentSteps, 'authorize'] });
    expect(await step.given(OrderPlaced, order({ paymentToken: 'tok_declined' }))).toMatchObject([
      { type: 'payment.declined.v1', data: { orderId: 'o-1001', reason: 'card-declined' } },
    ]);
    const total = { amount: 1_000_001, currency: 'EUR' };
    expect(await step.given(OrderPlaced, order({ total }))).toMatchObject([
      { type: 'payment.declined.v1', data: { amount: total, reason: 'over-limit' } },
    ]);
  });
});

describe('refund', () => {
  it('gives back what was paid for an order that is short', async () => {
    const step = await stepHarness({ providers, step: [PaymentSteps, 'refund'] });
    expect(await step.given(StockShort, short)).toMatchObject([
      {
        type: 'payment.refunded.v1',
        data: { orderId: 'o-1001', ...short.payment, customer: short.customer, reason: 'stock-short' },
      },
    ]);
  });
});

it('gives a redelivered message the same answer, byte by byte', async () => {
  const authorize = await stepHarness({ providers, step: [PaymentSteps, 'authorize'] });
  const first = await authorize.given(OrderPlaced, order(), { id: 'a' });
  expect(JSON.stringify(await authorize.given(OrderPlaced, order(), { id: 'a' }))).toBe(
    JSON.stringify(first),
  );
  expect(await authorize.given(OrderPlaced, order(), { id: 'b' })).not.toEqual(first);
});
