import { OrderPlaced } from '@shop/contracts-order';
import { StockShort } from '@shop/contracts-stock';
import { embeddedDatabase, IN_MEMORY, Inbox } from '@troupe/inbox';
import { stepHarness } from '@troupe/testing';
import { afterAll, describe, expect, it } from 'vitest';
import { order, short } from './orders.spec.support.ts';
import { PaymentSteps } from './payment.steps.ts';
import { migrations } from './payments.ts';
import { PaymentProvider } from './provider.ts';
import { SimulatedProvider } from './simulated-provider.ts';

const inbox = new Inbox(embeddedDatabase(IN_MEMORY), { app: 'payments', migrations });
const providers = [
  { provide: PaymentProvider, useClass: SimulatedProvider },
  PaymentSteps,
  { provide: Inbox, useValue: inbox },
];
afterAll(() => inbox.close());

describe('authorize', () => {
  it('keeps the payment, and tells the next step all that it needs', async () => {
    const step = await stepHarness({ providers, step: [PaymentSteps, 'authorize'] });
    const [authorized, ...others] = await step.given(OrderPlaced, order(), { id: 'paid' });
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
    expect(await inbox.database.query('SELECT order_id, amount, currency FROM payments')).toEqual([
      { order_id: 'o-1001', amount: 12_900, currency: 'EUR' },
    ]);
  });

  it('says why the provider declined, and keeps no payment', async () => {
    const step = await stepHarness({ providers, step: [PaymentSteps, 'authorize'] });
    const declined = order({ orderId: 'o-declined', paymentToken: 'tok_declined' });
    expect(await step.given(OrderPlaced, declined, { id: 'declined' })).toMatchObject([
      { type: 'payment.declined.v1', data: { orderId: 'o-declined', reason: 'card-declined' } },
    ]);
    const total = { amount: 1_000_001, currency: 'EUR' };
    const over = order({ orderId: 'o-declined', total });
    expect(await step.given(OrderPlaced, over, { id: 'over' })).toMatchObject([
      { type: 'payment.declined.v1', data: { amount: total, reason: 'over-limit' } },
    ]);
    const kept = "SELECT * FROM payments WHERE order_id = 'o-declined'";
    expect(await inbox.database.query(kept)).toEqual([]);
  });

  it('takes the money once for an order that is delivered again', async () => {
    const step = await stepHarness({ providers, step: [PaymentSteps, 'authorize'] });
    const again = order({ orderId: 'o-again' });
    expect(await step.given(OrderPlaced, again, { id: 'again' })).toHaveLength(1);
    expect(await step.given(OrderPlaced, again, { id: 'again' })).toEqual([]);
    const kept = "SELECT count(*) AS n FROM payments WHERE order_id = 'o-again'";
    expect(await inbox.database.query(kept)).toEqual([{ n: 1 }]);
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
    expect(await inbox.database.query('SELECT payment_id, amount FROM refunds')).toEqual([
      { payment_id: 'pay_1', amount: 2_900 },
    ]);
  });
});
