import { OrderPlaced } from '@shop/contracts-order';
import { StockShort } from '@shop/contracts-stock';
import {
  type AppHarness,
  appHarness,
  type ServiceResponse,
  startBroker,
  startService,
  type TestBroker,
  type TestService,
} from '@troupe/testing';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { order, short } from './orders.spec.support.ts';
import { PaymentsModule } from './payments.module.ts';

describe('payments with a provider at PAYMENT_PROVIDER_URL', () => {
  const answers: ServiceResponse[] = [];
  let broker: TestBroker;
  let provider: TestService;
  let payments: AppHarness;

  beforeAll(async () => {
    broker = await startBroker();
    provider = await startService(() => answers.shift() ?? {});
    vi.stubEnv('PAYMENT_PROVIDER_URL', provider.url);
    payments = await appHarness(PaymentsModule, { broker });
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await payments?.stop();
    await provider?.stop();
    await broker?.stop();
  });

  const keysOf = (orderId: string): (string | undefined)[] =>
    provider.requests
      .filter(({ body }) => (body as { orderId: string }).orderId === orderId)
      .map(({ key }) => key);

  it('asks again under the same key until it has an answer', async () => {
    answers.push({ status: 503, headers: { 'retry-after': '0' } }, { status: 500 });
    answers.push({ body: { authorized: true, paymentId: 'p-1' } });
    await payments.publish(OrderPlaced, order({ orderId: 'o-busy' }), { flowId: 'busy' });
    const [, authorized] = await payments.events('busy', { until: 2 });
    expect(authorized).toMatchObject({ type: 'payment.authorized.v1', data: { paymentId: 'p-1' } });
    const keys = keysOf('o-busy');
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).toMatch(/^\S{16,}$/);
  });

  it('sets an order aside at once that the provider refuses', async () => {
    answers.push({ status: 422, body: { problem: 'no such currency' } });
    await payments.publish(OrderPlaced, order({ orderId: 'o-refused' }), { flowId: 'refused' });
    const [letter] = await payments.deadLetters({ until: 1 });
    expect(letter).toMatchObject({ reason: 'terminal-error', step: 'authorize' });
    expect(letter?.error).toMatch(/refused with status 422: \{"problem":"no such currency"\}$/);
    expect(letter?.headers).toMatchObject({ 'x-dlq-error-type': 'TROUPE_SERVICE_REFUSED' });
    expect(keysOf('o-refused')).toHaveLength(1);
  });

  it('has the provider give money back', async () => {
    await payments.publish(StockShort, short, { flowId: 'refunded' });
    await payments.events('refunded', { until: 2 });
    const { paymentId, amount } = short.payment;
    expect(provider.requests.at(-1)).toMatchObject({
      path: '/refunds',
      body: { orderId: short.orderId, paymentId, amount },
    });
  });
});

it('does not start with an address that is none', async () => {
  vi.stubEnv('PAYMENT_PROVIDER_URL', 'provider:4000');
  const starting = appHarness(PaymentsModule, { broker: { url: 'nats://127.0.0.1:1' } });
  await expect(starting).rejects.toThrow('PAYMENT_PROVIDER_URL is "provider:4000"');
  vi.unstubAllEnvs();
});
