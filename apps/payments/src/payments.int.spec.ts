import { OrderPlaced } from '@shop/contracts-order';
import { StockShort } from '@shop/contracts-stock';
import { Inbox } from '@troupe/inbox';
import { type AppHarness, appHarness, startBroker, type TestBroker } from '@troupe/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { order, short } from './orders.spec.support.ts';
import { PaymentsModule } from './payments.module.ts';

describe('payments', () => {
  let broker: TestBroker;
  let payments: AppHarness;

  beforeAll(async () => {
    broker = await startBroker();
    payments = await appHarness(PaymentsModule, { broker });
  });
  afterAll(async () => {
    await payments?.stop();
    await broker?.stop();
  });

  const typesOf = async (flowId: string): Promise<string[]> =>
    (await payments.events(flowId, { until: 2 })).map(({ type }) => type);

  it('answers an order with an authorization', async () => {
    await payments.publish(OrderPlaced, order(), { flowId: 'authorized' });
    expect(await typesOf('authorized')).toEqual(['order.placed.v1', 'payment.authorized.v1']);
  });

  it('answers an order that the provider declines with a refusal', async () => {
    await payments.publish(OrderPlaced, order({ paymentToken: 'tok_declined' }), { flowId: 'declined' });
    expect(await typesOf('declined')).toEqual(['order.placed.v1', 'payment.declined.v1']);
  });

  it('gives the money back when the stock is short', async () => {
    await payments.publish(StockShort, short, { flowId: 'refunded' });
    expect(await typesOf('refunded')).toEqual(['stock.short.v1', 'payment.refunded.v1']);
    const kept = 'SELECT payment_id, amount FROM refunds';
    expect(await payments.app.get(Inbox).database.query(kept)).toEqual([
      { payment_id: 'pay_1', amount: 2_900 },
    ]);
  });
});
