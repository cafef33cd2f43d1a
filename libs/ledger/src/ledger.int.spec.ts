import { type NatsServer, startNatsServer } from '@troupe/broker';
import { RetryAfter, TerminalError } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OrderPlaced, PaymentAuthorized } from './shop.spec.support.ts';
import { flowOnce, paying, Stage, settlementIn, shipping, until } from './stage.spec.support.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

describe('a flow that goes well', () => {
  it('is completed, and is found by its id, by any message’s id and by its business key', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const shop = await stage.app('storefront', []);
    await stage.app('payments', [paying()]);
    await stage.app('shipping', [shipping()]);
    const { id, flowId } = await shop.producer.send(OrderPlaced, { orderId: 'o-17' });

    const flow = await flowOnce(ledger, 'o-17', 'it is completed', ({ state }) => state === 'completed');
    expect(flow.sentence).toMatch(/^Order o-17 is completed: parcel\.dispatched\.v1, .+ ago\.$/);
    expect(flow.end).toBe('parcel.dispatched.v1');
    const [placed] = flow.roots;
    expect(placed?.message).toMatchObject({ id, flow: flowId, type: 'order.placed.v1', app: 'storefront' });
    const [paid] = placed?.steps ?? [];
    expect(paid).toMatchObject({ step: 'payments__authorize', settlement: { state: 'done' } });
    expect(paid?.emitted[0]?.message).toMatchObject({ type: 'payment.authorized.v1', cause: id });
    expect(paid?.emitted[0]?.steps[0]?.emitted[0]?.message.type).toBe('parcel.dispatched.v1');

    expect((await ledger.where(flowId)).matches).toEqual([{ flow: flowId, kinds: ['flow id'] }]);
    expect((await ledger.where(id)).matches).toEqual([{ flow: flowId, kinds: ['message id'] }]);
    expect((await ledger.where('o-17')).matches).toEqual([{ flow: flowId, kinds: ['orderId'] }]);
    const unknown = await ledger.where('o-99');
    expect(unknown.flows).toEqual([]);
    expect(unknown.sentence).toMatch(/^Nothing is known of o-99: searched flow ids, message ids/);
  });
});

describe('a message', () => {
  it('waits with its position while nobody takes it, and is stalled where nobody ever will', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const shop = await stage.app('storefront', []);
    const leaving = await stage.app('payments', [paying(() => new Promise(() => {}))]);
    await leaving.stop(0);
    for (const n of [1, 2, 3, 4, 5]) await shop.producer.send(OrderPlaced, { orderId: `o-${n}` });
    const flow = await flowOnce(ledger, 'o-4', 'it waits', ({ state }) => state === 'running');
    expect(settlementIn(flow, 'payments__authorize')).toMatchObject({ state: 'waiting', position: 4 });
    expect(flow.sentence).toMatch(
      /^Order o-4 waits for payments \(position 4\); order\.placed\.v1 .+ ago\.$/,
    );

    const other = await Stage.on(server);
    const lonely = await other.ledger();
    await (await other.app('storefront', [])).producer.send(OrderPlaced, { orderId: 'o-1' });
    const stalled = await flowOnce(lonely, 'o-1', 'it is stalled', ({ state }) => state === 'stalled');
    expect(stalled.reasons).toEqual([
      'waiting for payments.authorize: no instance, and no consumer for order.placed.v1',
    ]);
  });

  it('is in flight while it is handled, and done when it was', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const shop = await stage.app('storefront', []);
    let finish = () => {};
    await stage.app('payments', [paying(() => new Promise<void>((resolve) => (finish = resolve)))]);
    await shop.producer.send(OrderPlaced, { orderId: 'o-1' });
    const stateIs = (state: string) =>
      flowOnce(
        ledger,
        'o-1',
        `it is ${state}`,
        (flow) => settlementIn(flow, 'payments__authorize')?.state === state,
      );
    await stateIs('in-flight');
    finish();
    const done = await stateIs('done');
    expect(done.state).toBe('running'); // no end was reached
  });

  it('is retried with its attempt, its error and its next time, however long the wait is', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const shop = await stage.app('storefront', []);
    await stage.app('payments', [
      paying((_, { attempt }) => {
        throw new RetryAfter(attempt === 1 ? 4_000 : 600_000, 'the bank is closed');
      }),
    ]);
    await shop.producer.send(OrderPlaced, { orderId: 'o-1' });
    const retrying = (attempt: number) =>
      flowOnce(ledger, 'o-1', `attempt ${attempt} is told`, (flow) => {
        const settlement = settlementIn(flow, 'payments__authorize');
        return (
          settlement?.state === 'retrying' && settlement.attempt === attempt && settlement.error !== undefined
        );
      });
    const short = await retrying(1);
    expect(short.sentence).toMatch(
      /^Order o-1 is tried again by payments in .+ after attempt 1 \(the bank is closed\)/,
    );
    const long = settlementIn(await retrying(2), 'payments__authorize');
    expect(long).toMatchObject({ error: 'the bank is closed' });
    if (long?.state === 'retrying') expect(long.nextAt).toBeGreaterThan(Date.now() + 500_000);
  });

  it('that is set aside fails its flow', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const shop = await stage.app('storefront', []);
    await stage.app('payments', [
      paying(() => {
        throw new TerminalError('no such card');
      }),
    ]);
    await shop.producer.send(OrderPlaced, { orderId: 'o-1' });
    const flow = await flowOnce(ledger, 'o-1', 'it failed', ({ state }) => state === 'failed');
    expect(settlementIn(flow, 'payments__authorize')).toMatchObject({
      state: 'dead-lettered',
      reason: 'terminal-error',
      letter: 1,
      error: 'no such card',
    });
    expect(flow.sentence).toMatch(
      /^Order o-1 failed: payments__authorize set order\.placed\.v1 aside: terminal-error/,
    );
  });
});

describe('a flow that goes on in an app that never ran', () => {
  it('is not completed, however settled all is that others do with its last message', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const shop = await stage.app('storefront', []);
    await stage.app('payments', [paying()]);
    await stage.app('mail', [
      { name: 'notify', on: [PaymentAuthorized], emits: [], from: 'beginning', handle: () => {} },
    ]);
    await shop.producer.send(OrderPlaced, { orderId: 'o-1' });
    const flow = await flowOnce(
      ledger,
      'o-1',
      'the mail is sent',
      (one) => settlementIn(one, 'mail__notify')?.state === 'done',
    );
    expect(flow.state).toBe('stalled');
    expect(flow.sentence).toMatch(
      /^Order o-1 is stalled: waiting for shipping\.dispatch: no instance, and no consumer for payment\.authorized\.v1; /,
    );
    expect((await ledger.flows({ state: 'completed' })).flows).toEqual([]);
    await stage.app('shipping', [shipping()]);
    await flowOnce(ledger, 'o-1', 'it is completed', ({ state }) => state === 'completed');
  });
});

describe('a ledger', () => {
  it('that begins when all is over reads it from the streams', async () => {
    const stage = await Stage.on(server);
    const shop = await stage.app('storefront', []);
    await stage.app('payments', [paying()]);
    await stage.app('shipping', [shipping()]);
    for (const n of [1, 2, 3]) await shop.producer.send(OrderPlaced, { orderId: `o-${n}` });
    await until('all is shipped', async () => {
      const { state } = await stage.manager.streams.info(stage.names.events);
      return state.messages === 9;
    });
    const ledger = await stage.ledger();
    for (const n of [1, 2, 3])
      await flowOnce(ledger, `o-${n}`, 'it is completed', ({ state }) => state === 'completed');
    const page = await until('all are noted', async () => {
      const { flows } = await ledger.flows({ state: 'completed' });
      return flows.length === 3 ? flows : undefined;
    });
    expect(page.map(({ type }) => type)).toEqual(Array(3).fill('order.placed.v1'));
    expect((await ledger.flows({ state: 'running' })).flows).toEqual([]);
  });
});
