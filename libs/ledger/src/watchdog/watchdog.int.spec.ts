import { headers } from '@nats-io/nats-core';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { Connection, DeadLetters, silentLogger, TerminalError } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { OrderPlaced, SHOP } from '../shop.spec.support.ts';
import { paying, SMALL_STREAMS, Stage, shipping, until } from '../stage.spec.support.ts';
import { Receiver } from './receiver.spec.support.ts';
import { firing, over, watchdogOf } from './watch.spec.support.ts';
import { Watchdog } from './watchdog.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

describe('a step', () => {
  it('without a consumer is told of with the flows that wait for it, until its app is there', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const watchdog = watchdogOf(stage, ledger);
    const shop = await stage.app('storefront', []);
    await stage.app('shipping', [shipping()]);
    const { flowId } = await shop.producer.send(OrderPlaced, { orderId: 'o-1' });
    await until('the flow that waits is seen', () =>
      watchdog.alerts().alerts.some(({ flow }) => flow === flowId),
    );
    const alert = await firing(watchdog, 'step-without-consumer');
    expect(alert).toMatchObject({ step: 'payments__authorize', app: 'payments', count: 1, flow: flowId });
    expect(alert.sentence).toBe(
      `payments__authorize is declared, but has no consumer for ${stage.prefix}.evt.order.placed.v1; 1 flow waits for it.`,
    );
    await stage.app('payments', [paying()]);
    await over(watchdog, 'step-without-consumer');
  });

  it('that has work and no instance is told of with the event that does not come, until one is there', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const watchdog = watchdogOf(stage, ledger);
    const shop = await stage.app('storefront', []);
    const leaving = await stage.app('payments', [paying()]);
    await leaving.stop(0);
    await shop.producer.send(OrderPlaced, { orderId: 'o-1' });
    await shop.producer.send(OrderPlaced, { orderId: 'o-2' });
    await until('both wait', () => watchdog.alerts().alerts.some(({ count }) => count === 2));
    const alert = await firing(watchdog, 'step-without-instance');
    expect(alert).toMatchObject({ step: 'payments__authorize', missing: ['payment.authorized.v1'] });
    expect(alert.sentence).toBe(
      'payments__authorize has 2 messages to handle, and no instance of payments answers for it.',
    );
    await stage.app('payments', [paying()]);
    await over(watchdog, 'step-without-instance');
  });
});

describe('a flow', () => {
  it('is told of when the next event does not come in time, until it comes', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const watchdog = watchdogOf(stage, ledger);
    const shop = await stage.app('storefront', []);
    let finish = () => {};
    const slow = () => new Promise<void>((resolve) => (finish = resolve));
    await stage.app('payments', [paying(slow, { within: '1s' })]);
    const { flowId } = await shop.producer.send(OrderPlaced, { orderId: 'o-1' });
    const alert = await firing(watchdog, 'stalled-flow');
    expect(alert).toMatchObject({
      id: 'stalled-flow/payments__authorize/order.placed.v1',
      step: 'payments__authorize',
      missing: ['payment.authorized.v1'],
      count: 1,
      flow: flowId,
    });
    expect(alert.sentence).toContain(
      'payments__authorize did not answer order.placed.v1 with payment.authorized.v1 in time',
    );
    finish();
    await over(watchdog, 'stalled-flow');
  });

  it('past its deadline is told of by the step that did not end it, until it does', async () => {
    const stage = await Stage.on(server);
    const [storefront, ...others] = SHOP.apps;
    const flow = { starts: 'order.placed.v1', ends: ['parcel.dispatched.v1'], within: '2s' };
    const apps = [{ app: 'storefront', steps: [], ...storefront, flows: [flow] }, ...others];
    const choreography = { ...SHOP, apps };
    const ledger = await stage.ledger({ choreography });
    const watchdog = watchdogOf(stage, ledger, { choreography });
    const shop = await stage.app('storefront', []);
    await stage.app('payments', [paying()]);
    let finish = () => {};
    const slow = () => new Promise<void>((resolve) => (finish = resolve));
    await stage.app('shipping', [shipping(slow)]);
    await shop.producer.send(OrderPlaced, { orderId: 'o-1' });
    const alert = await firing(watchdog, 'stalled-flow');
    expect(alert).toMatchObject({ step: 'shipping__dispatch', missing: ['parcel.dispatched.v1'] });
    expect(alert.sentence).toContain(
      'past the deadline without parcel.dispatched.v1, for which shipping__dispatch is to act on payment.authorized.v1',
    );
    finish(); // without an event: nothing is under way any more, and still no end has come
    await until('the flow has nothing left to do', () =>
      watchdog
        .alerts()
        .alerts.some(({ id }) => id === 'stalled-flow/late/shipping__dispatch/order.placed.v1'),
    );
  });
});

describe('dead letters', () => {
  it('are told of by group, with the event that does not come, until somebody deals with them', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const watchdog = watchdogOf(stage, ledger);
    const shop = await stage.app('storefront', []);
    await stage.app('payments', [
      paying(() => {
        throw new TerminalError('no such card');
      }),
    ]);
    const { flowId } = await shop.producer.send(OrderPlaced, { orderId: 'o-1' });
    const alert = await firing(watchdog, 'dead-letter-group');
    expect(alert).toMatchObject({
      step: 'payments__authorize',
      missing: ['payment.authorized.v1'],
      flow: flowId,
    });
    expect(alert.sentence).toBe(
      'payments__authorize set 1 message of order.placed.v1 from /storefront aside (terminal-error, no such card); it was to answer with payment.authorized.v1.',
    );
    for (let n = 2; n <= 10; n++) await shop.producer.send(OrderPlaced, { orderId: `o-${n}` });
    const growth = await firing(watchdog, 'dead-letter-growth');
    expect(growth.sentence).toContain('10 or more within 5 min');
    await archiveAll(stage);
    await over(watchdog, 'dead-letter-group');
    await over(watchdog, 'dead-letter-growth');
  });

  it('of a broken contract are told of as such', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const receiver = await Receiver.start();
    const watchdog = watchdogOf(stage, ledger, { webhook: receiver });
    await stage.app('storefront', []);
    await stage.app('payments', [paying()]);
    const said = headers();
    for (const [name, value] of Object.entries({
      id: 'x-1',
      source: '/storefront',
      type: 'order.placed.v1',
      specversion: '1.0',
      datacontenttype: 'application/json',
    }))
      said.set(`ce-${name}`, value);
    stage.client.publish(`${stage.prefix}.evt.order.placed.v1.0`, '{"orderId":17}', { headers: said });
    const alert = await firing(watchdog, 'contract-break');
    expect(alert.sentence).toContain(
      'payments__authorize set 1 message of order.placed.v1 from /storefront aside (contract-invalid',
    );
    expect(alert.sources).toEqual(['/storefront']);
    const points = watchdog.metrics().find(({ name }) => name === 'troupe.alert')?.points ?? [];
    expect(points.map(({ attributes }) => attributes)).toContainEqual(
      expect.objectContaining({ 'troupe.kind': 'contract-break', 'troupe.sources': '/storefront' }),
    );
    await until('it was told', () => receiver.ofKind('contract-break').length === 1);
    expect(receiver.ofKind('contract-break')[0]?.told).toMatchObject({
      text: expect.stringContaining('from /storefront aside'),
      data: { sources: ['/storefront'] },
    });
    await archiveAll(stage);
    await over(watchdog, 'contract-break');
  });
});

describe('a stream', () => {
  it('is told of from 70 % on, until there is room', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const watchdog = watchdogOf(stage, ledger);
    await stage.app('storefront', [], { streams: { ...SMALL_STREAMS, deadLettersMaxBytes: 1024 * 1024 } });
    const half = new Uint8Array(400_000);
    const put = () => stage.client.request(`${stage.prefix}.dlq.foreign.step`, half);
    await put();
    await put();
    const alert = await firing(watchdog, 'stream-filling');
    expect(alert.sentence).toBe(
      `The stream ${stage.names.deadLetters} is 76 % full; full, it refuses new messages.`,
    );
    await stage.manager.streams.purge(stage.names.deadLetters);
    await over(watchdog, 'stream-filling');
  });
});

describe('the metrics of a watchdog', () => {
  it('show what it sees, for as long as that is so', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const watchdog = watchdogOf(stage, ledger);
    const pointsOf = (name: string) =>
      watchdog.metrics().find((metric) => metric.name === name)?.points ?? [];
    await stage.app('storefront', []);
    const alerts = await until('both steps are missed', () => {
      const points = pointsOf('troupe.alert');
      return points.length === 2 ? points : undefined;
    });
    expect(alerts.map(({ value, attributes }) => [value, attributes['troupe.step']])).toEqual([
      [1, 'authorize'],
      [1, 'dispatch'],
    ]);
    await until('the streams are seen', () => pointsOf('troupe.stream.bytes').length === 2);
    expect(pointsOf('troupe.step.waiting')).toHaveLength(2);
    await stage.app('payments', [paying()]);
    await stage.app('shipping', [shipping()]);
    await until('no step is missed', () => pointsOf('troupe.alert').length === 0);
  });
});

it('ends, whether or not it ever reached its broker', async () => {
  const ledger = {
    flows: () => Promise.reject(new Error('the broker is away')),
    steps: async () => ({ steps: [], ...ledger.freshness() }),
    freshness: () => ({ asOf: 0, behindMs: Number.POSITIVE_INFINITY, problem: undefined }),
  };
  const connection = { servers: 'nats://127.0.0.1:1' };
  const watchdog = Watchdog.start({ ledger, connection, everyMs: 10, patienceMs: 10 });
  expect((await firing(watchdog, 'ledger-behind')).sentence).toContain('has not read the streams yet');
  await watchdog.stop();
  await watchdog.stop();
});

async function archiveAll(stage: Stage): Promise<void> {
  const connection = new Connection({ servers: stage.server.url }, silentLogger);
  onTestFinished(() => connection.close());
  const letters = await DeadLetters.open(connection, stage.prefix);
  await letters.archive({ filter: {} }, { by: 'ada', why: 'a test' });
  letters.close();
}
