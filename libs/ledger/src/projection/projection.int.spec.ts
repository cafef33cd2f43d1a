import { headers as newHeaders } from '@nats-io/nats-core';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { Connection, DeadLetters, silentLogger, TerminalError } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Relay } from '../relay.spec.support.ts';
import { OrderPlaced } from '../shop.spec.support.ts';
import { flowOnce, paying, Stage, settlementIn, startServer, until } from '../stage.spec.support.ts';

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

const AUTHOR = { by: 'ada', why: 'it is mended' };

describe('a dead letter', () => {
  it('that is redriven is done when its step answered', async () => {
    const { stage, ledger, mend } = await failing();
    await mend();
    const letters = await lettersOf(stage);
    await letters.redrive({ filter: {} }, AUTHOR);
    const flow = await flowOnce(ledger, 'o-1', 'it is done', (each) => {
      return settlementIn(each, 'payments__authorize')?.state === 'done';
    });
    expect(flow.roots[0]?.steps[0]?.emitted[0]?.message.type).toBe('payment.authorized.v1');
  });

  it('that is edited is settled, and the edited message has a place of its own', async () => {
    const { stage, ledger, mend } = await failing();
    await mend();
    const letters = await lettersOf(stage);
    await letters.edit(1, { ...AUTHOR, data: { orderId: 'o-1b' }, violationsOf: () => [] });
    const flow = await flowOnce(ledger, 'o-1', 'it is settled', (each) => {
      const edited = each.roots[0]?.steps[0]?.emitted[0];
      return edited?.steps[0]?.settlement.state === 'done' && edited.steps[0].emitted.length > 0;
    });
    const [step] = flow.roots[0]?.steps ?? [];
    expect(step?.settlement).toMatchObject({
      state: 'redriven',
      letter: 1,
      as: step?.emitted[0]?.message.id,
    });
    expect(step?.emitted[0]?.steps[0]?.emitted[0]?.message.type).toBe('payment.authorized.v1');
  });
});

describe('a foreign message', () => {
  it('without id and flow is a flow of its own, named by its place', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    await stage.app('storefront', []);
    const subject = `${stage.names.prefix}.evt.order.placed.v1.0`;
    await stage.client.request(subject, 'hello');
    const flow = await flowOnce(ledger, `${stage.names.events}/1`, 'it is known', () => true);
    expect(flow.roots[0]?.message).toMatchObject({
      type: 'unknown',
      source: 'unknown',
      app: undefined,
      seq: 1,
    });
  });

  it('in structured mode is read as well', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    await stage.app('storefront', []);
    const event = { specversion: '1.0', id: 'x-1', source: '/foreign', type: 'order.placed.v1' };
    const headers = newHeaders();
    headers.set('content-type', 'application/cloudevents+json');
    const body = JSON.stringify({ ...event, correlationid: 'flow-x', data: { orderId: 'o-1' } });
    await stage.client.request(`${stage.names.prefix}.evt.order.placed.v1.0`, body, {
      headers,
      timeout: 5_000,
    });
    const flow = await flowOnce(ledger, 'x-1', 'it is known', () => true);
    expect(flow).toMatchObject({ id: 'flow-x', type: 'order.placed.v1' });
  });

  it('that is its own cause, or its cause’s, ends nowhere', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    await stage.app('storefront', []);
    for (const [id, cause] of [
      ['a', 'b'],
      ['b', 'a'],
      ['c', 'c'],
    ] as const) {
      const headers = newHeaders();
      const said = {
        id,
        source: '/foreign',
        type: 'order.placed.v1',
        correlationid: 'round',
        causationid: cause,
      };
      for (const [name, value] of Object.entries({ specversion: '1.0', ...said }))
        headers.set(`ce-${name}`, value);
      await stage.client.request(`${stage.names.prefix}.evt.order.placed.v1.0`, '{}', {
        headers,
        timeout: 5_000,
      });
    }
    const flow = await flowOnce(ledger, 'round', 'all are known', ({ roots }) =>
      JSON.stringify(roots).includes('"c"'),
    );
    expect(flow.roots.map(({ message }) => message.id)).toEqual(['a', 'c']);
    expect(flow.roots[0]?.next.map(({ message }) => message.id)).toEqual(['b']);
  });
});

describe('a ledger', () => {
  it('begins anew when the streams were made anew', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const shop = await stage.app('storefront', []);
    await shop.producer.send(OrderPlaced, { orderId: 'old' });
    await flowOnce(ledger, 'old', 'it is known', () => true);
    const { config } = await stage.manager.streams.info(stage.names.events);
    await stage.manager.streams.delete(stage.names.events);
    await stage.manager.streams.add(config);
    await shop.producer.send(OrderPlaced, { orderId: 'new' });
    await flowOnce(ledger, 'new', 'it is known', () => true);
    expect((await ledger.where('old')).flows).toEqual([]);
  });

  it('goes on after the broker was killed, and calls nothing done that it did not hear of', async () => {
    const own = await startServer();
    const stage = await Stage.on(own);
    const ledger = await stage.ledger();
    const shop = await stage.app('storefront', []);
    const relay = await Relay.to(own.url);
    const holding = paying(({ orderId }: { orderId?: string }) =>
      orderId === 'held' ? new Promise(() => {}) : undefined,
    );
    await stage.app('payments', [holding], { connection: { servers: relay.url } });
    await shop.producer.send(OrderPlaced, { orderId: 'held' });
    await shop.producer.send(OrderPlaced, { orderId: 'quick' });
    const stateOf = async (key: string) => {
      const [flow] = (await ledger.where(key)).flows;
      return flow && settlementIn(flow, 'payments__authorize')?.state;
    };
    await expect.poll(() => stateOf('quick'), { timeout: 10_000 }).toBe('done');
    await expect.poll(() => stateOf('held'), { timeout: 10_000 }).toBe('in-flight');
    relay.cut(); // or it would be heard that it is worked on
    await own.restart();
    await expect.poll(() => stateOf('held'), { timeout: 20_000 }).toBe('unknown');
    expect(await stateOf('quick')).toBe('done');
    relay.mend();
    const sent = () =>
      shop.producer.send(OrderPlaced, { orderId: 'after' }, { id: 'after' }).catch(() => undefined);
    await until('the shop is connected again', sent, 20_000);
    await expect.poll(() => stateOf('after'), { timeout: 20_000 }).toBe('done');
  });

  it('drops what the stream dropped', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const shop = await stage.app('storefront', []);
    for (const orderId of ['o-1', 'o-2']) await shop.producer.send(OrderPlaced, { orderId });
    await flowOnce(ledger, 'o-2', 'it is known', () => true);
    await stage.manager.streams.purge(stage.names.events, { seq: 2 });
    await shop.producer.send(OrderPlaced, { orderId: 'o-3' });
    await flowOnce(ledger, 'o-3', 'it is known', () => true);
    await expect.poll(async () => (await ledger.where('o-1')).flows).toEqual([]);
    expect((await ledger.where('o-2')).flows).toHaveLength(1);
  });

  it('leaves no consumer behind', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger();
    const shop = await stage.app('storefront', []);
    await shop.producer.send(OrderPlaced, { orderId: 'o-1' });
    await flowOnce(ledger, 'o-1', 'it is known', () => true);
    await ledger.close();
    const { state } = await stage.manager.streams.info(stage.names.events);
    expect(state.consumer_count).toBe(0);
  });
});

/** An order that payments set aside, until they are mended. */
async function failing() {
  const stage = await Stage.on(server);
  const ledger = await stage.ledger();
  const shop = await stage.app('storefront', []);
  let isMended = false;
  const { handle } = paying();
  await stage.app('payments', [
    paying((order, context) => {
      if (!isMended) throw new TerminalError('no such card');
      return handle(order, context);
    }),
  ]);
  await shop.producer.send(OrderPlaced, { orderId: 'o-1' });
  const mend = async () => {
    await flowOnce(ledger, 'o-1', 'it failed', ({ state }) => state === 'failed');
    isMended = true;
  };
  return { stage, ledger, mend };
}

async function lettersOf(stage: Stage): Promise<DeadLetters> {
  const connection = new Connection({ servers: stage.server.url }, silentLogger);
  onTestFinished(() => connection.close());
  await connection.connected();
  const letters = await DeadLetters.open(connection, stage.prefix);
  onTestFinished(() => letters.close());
  return letters;
}
