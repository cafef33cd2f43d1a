import { OrderPlaced } from '@shop/contracts-order';
import { ParcelDispatched } from '@shop/contracts-parcel';
import { PaymentDeclined, PaymentRefunded } from '@shop/contracts-payment';
import { type AppHarness, appHarness, startBroker, type TestBroker } from '@troupe/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Mailer } from './mailer.ts';
import { declined, dispatched, placed, refunded } from './news.spec.support.ts';
import { NotificationsModule } from './notifications.module.ts';

describe('notifications', () => {
  let broker: TestBroker;
  let notifications: AppHarness;

  beforeAll(async () => {
    broker = await startBroker();
    notifications = await appHarness(NotificationsModule, { broker });
  });
  afterAll(async () => {
    await notifications?.stop();
    await broker?.stop();
  });

  it('tells the customer of all that happens to orders', async () => {
    const send = vi.spyOn(notifications.app.get(Mailer), 'send');
    await notifications.publish(OrderPlaced, placed);
    await notifications.publish(PaymentDeclined, declined);
    await notifications.publish(PaymentRefunded, refunded);
    await notifications.publish(ParcelDispatched, dispatched);
    await vi.waitUntil(() => send.mock.calls.length >= 4, { timeout: 15_000 });
    const templates = send.mock.calls.map(([{ template }]) => template);
    expect(templates.sort()).toEqual([
      'order-received',
      'parcel-on-its-way',
      'payment-declined',
      'payment-refunded',
    ]);
    expect(send.mock.calls.every(([{ to }]) => to === 'ada@example.com')).toBe(true);
  });
});
