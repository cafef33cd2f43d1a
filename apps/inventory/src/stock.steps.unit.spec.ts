import { PaymentAuthorized } from '@shop/contracts-payment';
import type { StockReserved } from '@shop/contracts-stock';
import { embeddedDatabase, IN_MEMORY, Inbox } from '@troupe/inbox';
import { ServiceRefusedError, ServiceUnavailableError } from '@troupe/nest';
import { type StepHarness, startService, stepHarness } from '@troupe/testing';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { HttpWarehouse } from './http-warehouse.ts';
import { lantern, payment } from './payments.spec.support.ts';
import { StockSteps } from './stock.steps.ts';
import { migrations } from './stock.ts';
import { SimulatedWarehouse, Warehouse } from './warehouse.ts';

const inbox = new Inbox(embeddedDatabase(IN_MEMORY), { app: 'inventory', migrations: migrations(10) });
afterAll(() => inbox.close());

const reserving = (warehouse: Warehouse = new SimulatedWarehouse()): Promise<StepHarness> =>
  stepHarness({
    providers: [StockSteps, { provide: Inbox, useValue: inbox }, { provide: Warehouse, useValue: warehouse }],
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

describe('a warehouse that is called', () => {
  const unitsLeft = "SELECT units FROM stock WHERE sku = 'POT-2L'";
  const lines = [{ sku: 'POT-2L', quantity: 4 }];

  it('hears of a reservation before it stands, under the same key until it agrees', async () => {
    const statuses = [503, 200];
    const service = await startService(() => ({ status: statuses.shift() ?? 500 }));
    onTestFinished(() => service.stop());
    const step = await reserving(new HttpWarehouse(service.url));
    const paid = payment({ orderId: 'o-picked', lines });
    await expect(step.given(PaymentAuthorized, paid, { id: 'picked' })).rejects.toThrow(
      ServiceUnavailableError,
    );
    expect(await inbox.database.query(unitsLeft)).toEqual([{ units: 10 }]);
    const [reserved] = await step.given(PaymentAuthorized, paid, { id: 'picked' });
    expect(await inbox.database.query(unitsLeft)).toEqual([{ units: 6 }]);

    expect(reserved?.type).toBe('stock.reserved.v1');
    const [first, second] = service.requests;
    expect(first).toEqual(second);
    expect(first).toEqual({
      path: '/reservations',
      key: expect.stringMatching(/^\S{16,}$/),
      body: {
        orderId: 'o-picked',
        reservationId: (reserved?.data as StockReserved | undefined)?.reservationId,
        lines,
      },
    });
  });

  it('can refuse, and then nothing is reserved', async () => {
    const service = await startService(() => ({ status: 410 }));
    onTestFinished(() => service.stop());
    const step = await reserving(new HttpWarehouse(service.url));
    const before = await inbox.database.query(unitsLeft);
    await expect(step.given(PaymentAuthorized, payment({ lines }), { id: 'refused' })).rejects.toThrow(
      ServiceRefusedError,
    );
    expect(await inbox.database.query(unitsLeft)).toEqual(before);
  });

  it('hears nothing of what is short', async () => {
    const service = await startService(() => ({}));
    onTestFinished(() => service.stop());
    const step = await reserving(new HttpWarehouse(service.url));
    const [short] = await step.given(PaymentAuthorized, payment({ lines: lantern }), { id: 'none' });
    expect(short?.type).toBe('stock.short.v1');
    expect(service.requests).toEqual([]);
  });
});
