import { PaymentAuthorized } from '@shop/contracts-payment';
import { Inbox } from '@troupe/inbox';
import { type AppHarness, appHarness, startBroker, startService, type TestBroker } from '@troupe/testing';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { InventoryModule } from './inventory.module.ts';
import { lantern, payment } from './payments.spec.support.ts';

describe('inventory', () => {
  let broker: TestBroker;
  let inventory: AppHarness;

  beforeAll(async () => {
    broker = await startBroker();
    inventory = await appHarness(InventoryModule, { broker });
  });
  afterAll(async () => {
    await inventory?.stop();
    await broker?.stop();
  });

  const typesOf = async (flowId: string): Promise<string[]> =>
    (await inventory.events(flowId, { until: 2 })).map(({ type }) => type);

  it('answers a payment with a reservation', async () => {
    await inventory.publish(PaymentAuthorized, payment(), { flowId: 'reserved' });
    expect(await typesOf('reserved')).toEqual(['payment.authorized.v1', 'stock.reserved.v1']);
    const kept = 'SELECT sku, units FROM reservations ORDER BY sku';
    expect(await inventory.app.get(Inbox).database.query(kept)).toEqual([
      { sku: 'STOVE-1', units: 2 },
      { sku: 'TENT-2P', units: 1 },
    ]);
  });

  it('answers a payment for what is not there with a shortage', async () => {
    await inventory.publish(PaymentAuthorized, payment({ lines: lantern }), { flowId: 'short' });
    expect(await typesOf('short')).toEqual(['payment.authorized.v1', 'stock.short.v1']);
  });

  it('tells the warehouse at WAREHOUSE_URL of a reservation', async () => {
    const warehouse = await startService(() => ({}));
    onTestFinished(() => warehouse.stop());
    vi.stubEnv('WAREHOUSE_URL', warehouse.url);
    onTestFinished(() => void vi.unstubAllEnvs());
    const calling = await appHarness(InventoryModule, { broker, prefix: 'calling' });
    onTestFinished(() => calling.stop());
    await calling.publish(PaymentAuthorized, payment(), { flowId: 'told' });
    const [, reserved] = await calling.events('told', { until: 2 });
    const { orderId, lines } = payment();
    expect(reserved?.type).toBe('stock.reserved.v1');
    expect(warehouse.requests).toMatchObject([{ path: '/reservations', body: { orderId, lines } }]);
  });

  it('does not start with a WAREHOUSE_URL that is none', async () => {
    vi.stubEnv('WAREHOUSE_URL', 'warehouse:4000');
    onTestFinished(() => void vi.unstubAllEnvs());
    const starting = appHarness(InventoryModule, { broker, prefix: 'wrong' });
    await expect(starting).rejects.toThrow('WAREHOUSE_URL is "warehouse:4000"');
  });
});
