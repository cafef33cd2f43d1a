import { jetstreamManager } from '@nats-io/jetstream';
import { Module } from '@nestjs/common';
import { Producer, StepDefinitionError, TroupeModule } from '@troupe/nest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppHarness, appHarness } from './app-harness.ts';
import { startBroker, type TestBroker } from './broker.ts';
import { OrderPlaced, PaymentSteps, PaymentsModule } from './payments.spec.support.ts';

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

describe('an app on the harness', () => {
  it('answers an order with an authorization', async () => {
    await payments.publish(OrderPlaced, { orderId: 'o-1', amount: 500 }, { flowId: 'flow-1' });
    const events = await payments.events('flow-1', { until: 2 });
    expect(events.map(({ type }) => type)).toEqual(['order.placed.v1', 'payment.authorized.v1']);
    expect(events[1]).toMatchObject({ flowId: 'flow-1', data: { orderId: 'o-1' } });
  });

  it('waits for what a predicate says', async () => {
    await payments.publish(OrderPlaced, { orderId: 'o-2', amount: 5_000 }, { flowId: 'flow-2' });
    const events = await payments.events('flow-2', {
      until: (found) => found.some(({ type }) => type === 'payment.declined.v1'),
    });
    expect(events).toHaveLength(2);
    const steps = payments.app.get(PaymentSteps);
    await expect.poll(() => steps.told).toEqual(['over-limit']);
  });

  it('keeps flows apart, and shows what is there when nothing is waited for', async () => {
    expect(await payments.events('no-such-flow')).toEqual([]);
  });

  it('sets a message aside that breaks its contract, with the failing paths', async () => {
    const order = { orderId: 'o-3', amount: 'a lot' } as unknown as OrderPlaced;
    await payments.publish(OrderPlaced, order, { flowId: 'flow-3' });
    const [letter] = await payments.deadLetters({ until: 1 });
    expect(letter).toMatchObject({ reason: 'contract-invalid', step: 'authorize' });
    expect(letter?.violations).toMatchObject([{ path: '/amount', rule: 'isInt' }]);
    expect(JSON.parse(Buffer.from(letter?.payload ?? []).toString())).toEqual(order);
  });

  it('tells what there was when something does not come', async () => {
    await payments.publish(OrderPlaced, { orderId: 'o-4', amount: 1 }, { flowId: 'flow-4' });
    await payments.events('flow-4', { until: 2 });
    await expect(payments.events('flow-4', { until: 3, timeoutMs: 100 })).rejects.toThrow(
      /Waited 100 ms for the events of flow flow-4.*payment\.authorized\.v1/,
    );
  });

  it('answers requests, without a port', async () => {
    const ready = await payments.app.inject({ url: '/health/ready' });
    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toMatchObject({ status: 'ok', info: { broker: { status: 'up' } } });
    expect((await payments.app.inject({ url: '/nowhere' })).json()).toMatchObject({ status: 404 });
  });

  it('shares a broker with others of another prefix', async () => {
    const others = await appHarness(PaymentsModule, { broker, prefix: 'others' });
    await others.publish(OrderPlaced, { orderId: 'o-1', amount: 500 }, { flowId: 'flow-1' });
    expect(await others.events('flow-1', { until: 2 })).toHaveLength(2);
    await others.stop();
    expect(await payments.events('flow-1')).toHaveLength(2);
  });
});

describe('an app whose durable is deleted', () => {
  it('is not ready, and says which is missing', async () => {
    const robbed = await appHarness(PaymentsModule, { broker, prefix: 'robbed' });
    const manager = await jetstreamManager(robbed.runtime.connection.client);
    await manager.consumers.delete(robbed.runtime.names.events, 'payments__authorize__order_placed_v1');
    const ready = () => robbed.app.inject({ url: '/health/ready' });
    await expect.poll(async () => (await ready()).statusCode, { timeout: 15_000 }).toBe(503);
    expect((await ready()).body).toContain('payments__authorize__order_placed_v1');
    expect((await robbed.app.inject({ url: '/health/live' })).statusCode).toBe(200);
    await robbed.stop();
  });
});

describe('an app that stops', () => {
  it('is not ready from then on, and still alive', async () => {
    const stopping = await appHarness(PaymentsModule, { broker, prefix: 'stopping' });
    const { runtime } = stopping;
    await stopping.stop();
    expect(runtime.status()).toEqual({ ready: false, problems: ['The app is stopping.'] });
  });

  it('may be stopped twice', async () => {
    const stopping = await appHarness(PaymentsModule, { broker, prefix: 'twice' });
    await stopping.stop();
    await stopping.stop();
  });
});

describe('an app that must not run', () => {
  it('says so instead of starting: TroupeModule is imported twice', async () => {
    @Module({ imports: [PaymentsModule, TroupeModule.forRoot({ app: 'other', version: '1.0.0' })] })
    class Twice {}
    await expect(appHarness(Twice, { broker })).rejects.toThrow(StepDefinitionError);
  });
});

it('gives the producer to the app', async () => {
  @Module({
    imports: [TroupeModule.forRoot({ app: 'storefront', version: '1.0.0', produces: [OrderPlaced] })],
  })
  class StorefrontModule {}
  const storefront = await appHarness(StorefrontModule, { broker, prefix: 'shop' });
  const sent = await storefront.app.get(Producer).send(OrderPlaced, { orderId: 'o-1', amount: 1 });
  expect(await storefront.events(sent.flowId)).toMatchObject([{ type: 'order.placed.v1', seq: sent.seq }]);
  await storefront.stop();
});
