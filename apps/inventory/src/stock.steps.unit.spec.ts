import { PaymentAuthorized } from '@shop/contracts-payment';
import { type StepHarness, stepHarness } from '@troupe/testing';
import { expect, it } from 'vitest';
import { Inventory } from './inventory.ts';
import { lantern, payment } from './payments.spec.support.ts';
import { StockSteps } from './stock.steps.ts';

const reserving = (units = 10): Promise<StepHarness> =>
  stepHarness({
    providers: [{ provide: Inventory, useValue: new Inventory(units) }, StockSteps],
    step: [StockSteps, 'reserve'],
  });

it('sets aside what was paid for', async () => {
  const step = await reserving();
  const { orderId, customer, deliverTo } = payment();
  expect(await step.given(PaymentAuthorized, payment())).toMatchObject([
    {
      type: 'stock.reserved.v1',
      data: {
        orderId,
        customer,
        deliverTo,
        allocations: [
          { warehouse: 'east', lines: [{ sku: 'TENT-2P', quantity: 1 }] },
          { warehouse: 'west', lines: [{ sku: 'STOVE-1', quantity: 2 }] },
        ],
      },
    },
  ]);
});

it('says what is missing, and which payment is to be given back', async () => {
  const step = await reserving();
  const { orderId, paymentId, amount, customer } = payment();
  expect(await step.given(PaymentAuthorized, payment({ lines: lantern }))).toMatchObject([
    {
      type: 'stock.short.v1',
      data: {
        orderId,
        payment: { paymentId, amount },
        customer,
        shortages: [{ sku: 'LANTERN-9', wanted: 1, available: 0 }],
      },
    },
  ]);
});

it('gives a redelivered message the same answer, byte by byte, although the stock has changed', async () => {
  const step = await reserving(2);
  const first = await step.given(PaymentAuthorized, payment(), { id: 'a' });
  const second = await step.given(PaymentAuthorized, payment(), { id: 'b' });
  expect([first[0]?.type, second[0]?.type]).toEqual(['stock.reserved.v1', 'stock.short.v1']);
  for (const [id, answer] of Object.entries({ a: first, b: second })) {
    expect(JSON.stringify(await step.given(PaymentAuthorized, payment(), { id }))).toBe(
      JSON.stringify(answer),
    );
  }
});
