import { PaymentAuthorized } from '@shop/contracts-payment';
import { embeddedDatabase, IN_MEMORY, Inbox } from '@troupe/inbox';
import { type StepHarness, stepHarness } from '@troupe/testing';
import { afterAll, expect, it } from 'vitest';
import { lantern, payment } from './payments.spec.support.ts';
import { StockSteps } from './stock.steps.ts';
import { migrations } from './stock.ts';

const inbox = new Inbox(embeddedDatabase(IN_MEMORY), { app: 'inventory', migrations: migrations(10) });
afterAll(() => inbox.close());

const reserving = (): Promise<StepHarness> =>
  stepHarness({
    providers: [StockSteps, { provide: Inbox, useValue: inbox }],
    step: [StockSteps, 'reserve'],
  });

it('sets aside what was paid for', async () => {
  const step = await reserving();
  const { orderId, customer, deliverTo } = payment();
  expect(await step.given(PaymentAuthorized, payment(), { id: 'paid' })).toMatchObject([
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
  expect(await step.given(PaymentAuthorized, payment({ lines: lantern }), { id: 'short' })).toMatchObject([
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

it('takes nothing again for a payment that is delivered again', async () => {
  const step = await reserving();
  const lines = [{ sku: 'ROPE-30M', quantity: 4 }];
  expect(await step.given(PaymentAuthorized, payment({ lines }), { id: 'again' })).toHaveLength(1);
  expect(await step.given(PaymentAuthorized, payment({ lines }), { id: 'again' })).toEqual([]);
  const left = "SELECT units FROM stock WHERE sku = 'ROPE-30M'";
  expect(await inbox.database.query(left)).toEqual([{ units: 6 }]);
});
