import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  OrderPlaced,
  ParcelDispatched,
  PaymentAuthorized,
  SMALL_STREAMS,
  stepOf,
  until,
} from '../fixtures.spec.support.ts';
import { outputId } from '../ids.ts';
import { next, type StepContext } from '../step.ts';
import { Stage } from './stage.spec.support.ts';

let server: NatsServer;
let stage: Stage;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

const authorize = stepOf({
  emits: [PaymentAuthorized],
  handle: (order) => next(PaymentAuthorized, { orderId: (order as OrderPlaced).orderId, amount: 1 }),
});

describe('a chain of steps', () => {
  it('hands each order through, in one flow, with ids that follow from their causes', async () => {
    stage = await Stage.on(server);
    const seen: StepContext[] = [];
    const dispatch = stepOf({
      name: 'dispatch',
      on: [PaymentAuthorized],
      emits: [ParcelDispatched],
      handle: async (_payment, context) => {
        seen.push({ ...pick(context) });
        return [1, 2].map((n) => next(ParcelDispatched, { warehouse: `w${n}` }, { key: `w${n}` }));
      },
    });
    const runtime = await stage.app([authorize, dispatch]);
    const { id, flowId } = await runtime.producer.send(OrderPlaced, { orderId: '4711' });
    const parcels = await until('both parcels are there', async () => {
      const found = await stage.stored(stage.names.events, `${stage.prefix}.evt.parcel.dispatched.v2.*`);
      return found.length === 2 ? found : undefined;
    });
    const paymentId = outputId('/shop', id, 'shop__authorize', 'payment.authorized.v1', '');
    expect(seen).toEqual([
      { id: paymentId, source: '/shop/authorize', type: 'payment.authorized.v1', flowId, attempt: 1 },
    ]);
    expect(parcels.map(({ header }) => header.get('ce-id'))).toEqual(
      ['w1', 'w2'].map((key) =>
        outputId('/shop/authorize', paymentId, 'shop__dispatch', 'parcel.dispatched.v2', key),
      ),
    );
    for (const { header } of parcels) {
      expect(header.get('ce-correlationid')).toBe(flowId);
      expect(header.get('ce-causationid')).toBe(paymentId);
    }
    await stage.settled(stage.durable('dispatch', PaymentAuthorized));
  });

  it('stores nothing twice when a message is handed out again', async () => {
    stage = await Stage.on(server);
    let calls = 0;
    const counted = stepOf({
      ...authorize,
      handle: (...args) => {
        calls++;
        return authorize.handle(...args);
      },
    });
    const first = await stage.app([counted]);
    await first.producer.send(OrderPlaced, { orderId: '1' });
    await stage.settled(stage.durable('authorize'));
    await first.stop();
    // A consumer made anew hands out everything again, as it would what a crash left without an ack.
    await stage.manager.consumers.delete(stage.names.events, stage.durable('authorize'));
    await stage.app([counted]);
    await until('it was handled again', () => calls === 2);
    await stage.settled(stage.durable('authorize'));
    expect(await stage.events(PaymentAuthorized)).toHaveLength(1);
    expect(await stage.deadLetters()).toEqual([]);
    expect(await stage.notices('alert')).toEqual([]);
  });

  it('takes a message that the broker hands out twice at once as one', async () => {
    stage = await Stage.on(server);
    let calls = 0;
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const slow = stepOf({
      handle: async () => {
        calls++;
        await finished;
      },
    });
    const app = await stage.app([slow]);
    await stage.order('1');
    await until('it is handled', () => calls === 1);
    // Someone says nak in the step's place: the broker hands it out again.
    const { delivered } = await stage.manager.consumers.info(stage.names.events, stage.durable('authorize'));
    const reply = `$JS.ACK.${stage.names.events}.${stage.durable('authorize')}.1.${delivered.stream_seq}.${delivered.consumer_seq}.${Date.now()}000000.0`;
    stage.client.publish(reply, '-NAK');
    await until('it is handed out again', async () => {
      const info = await stage.manager.consumers.info(stage.names.events, stage.durable('authorize'));
      return info.delivered.consumer_seq > delivered.consumer_seq;
    });
    await app.connection.client.flush(); // what was sent to it before is read
    finish();
    await stage.settled(stage.durable('authorize'));
    expect(calls).toBe(1);
  });

  it('publishes a whole cascade before it acknowledges its input', async () => {
    stage = await Stage.on(server);
    const cascade = stepOf({
      emits: [ParcelDispatched],
      handle: () =>
        Array.from({ length: 50 }, (_, n) =>
          next(ParcelDispatched, { warehouse: `w${n}` }, { key: `w${n}` }),
        ),
    });
    const order: string[] = [];
    const durable = stage.durable('authorize');
    stage.client.subscribe(`$JS.ACK.${stage.names.events}.${durable}.>`, {
      callback: () => void order.push('ack'),
    });
    stage.client.subscribe(`${stage.prefix}.evt.parcel.>`, { callback: () => void order.push('output') });
    await stage.client.flush();
    await stage.app([cascade]);
    await stage.order('1');
    await until('it is acknowledged', () => order.includes('ack'));
    expect(order.indexOf('ack')).toBe(50);
    expect(await stage.events(ParcelDispatched)).toHaveLength(50);
  });
});

describe('an output that cannot be sent', () => {
  it.each([
    ['two of one contract without keys', () => [next(ParcelDispatched, {}), next(ParcelDispatched, {})]],
    ['two with one key', () => ['a', 'a'].map((key) => next(ParcelDispatched, {}, { key }))],
    [
      'one of an undeclared contract',
      () => [next(ParcelDispatched, {}), next(OrderPlaced, { orderId: '1' })],
    ],
    ['one that breaks its contract', () => [next(ParcelDispatched, { warehouse: 1 } as never)]],
    ['one that is too large', () => next(ParcelDispatched, { warehouse: 'x'.repeat(2 * 1024 * 1024) })],
    ['a promise inside a list', () => [Promise.resolve(next(ParcelDispatched, {}))] as never],
    [
      'a hole in a list',
      () => [undefined, next(ParcelDispatched, {}), next(OrderPlaced, {} as never)] as never,
    ],
    ['a set', () => new Set([next(ParcelDispatched, {})]) as never],
    ['a plain value', () => 42 as never],
    ['a key that is no string', () => next(ParcelDispatched, {}, { key: 7 as never })],
  ])('%s: the input is dead-lettered at once and nothing is published', async (_what, handle) => {
    stage = await Stage.on(server);
    let calls = 0;
    const step = stepOf({
      emits: [ParcelDispatched],
      handle: () => {
        calls++;
        return handle();
      },
    });
    await stage.app([step]);
    await stage.order('1');
    const [letter] = await until('it is dead-lettered', async () => {
      const letters = await stage.deadLetters();
      return letters.length > 0 ? letters : undefined;
    });
    expect(letter?.header.get('x-dead-letter-reason')).toBe('terminal-error');
    expect(letter?.header.get('x-dlq-error-type')).toMatch(/^TROUPE_/);
    await stage.settled(stage.durable('authorize'));
    expect(calls).toBe(1);
    expect(await stage.events(ParcelDispatched)).toEqual([]);
  });

  it('because what it takes over from its input is too long: the input is dead-lettered at once', async () => {
    stage = await Stage.on(server);
    await stage.app([authorize]);
    await stage.order('1', { 'ce-id': 'x'.repeat(40_000) }); // the id, the flow and the partition key of the output
    await until('it is dead-lettered', async () => (await stage.deadLetters()).length === 1);
    const [letter] = await stage.deadLetters();
    expect(letter?.header.get('x-dlq-error-type')).toBe('TROUPE_MESSAGE_TOO_LARGE');
    await stage.settled(stage.durable('authorize'));
  });

  it('null or undefined is no output', async () => {
    stage = await Stage.on(server);
    const nothing: unknown[] = [null, undefined, []];
    await stage.app([stepOf({ emits: [ParcelDispatched], handle: () => nothing.shift() as undefined })]);
    for (const n of ['1', '2', '3']) await stage.order(n);
    await stage.settled(stage.durable('authorize'));
    expect(nothing).toEqual([]);
    expect(await stage.deadLetters()).toEqual([]);
  });
});

describe('a stream that is full', () => {
  it('leaves the input unacknowledged, holds the step back, and the work is done once there is room', async () => {
    stage = await Stage.on(server);
    let calls = 0;
    const step = stepOf({
      concurrency: 4,
      emits: [PaymentAuthorized],
      handle: (order) => {
        calls++;
        return next(PaymentAuthorized, { orderId: (order as OrderPlaced).orderId, amount: 1 });
      },
    });
    const producer = await stage.app([]);
    for (let n = 0; n < 200; n++) await producer.producer.send(OrderPlaced, { orderId: `${n}` });
    const { state, config } = await stage.manager.streams.info(stage.names.events);
    await stage.manager.streams.update(stage.names.events, { ...config, max_bytes: state.bytes });
    await stage.app([step], { streams: { ...SMALL_STREAMS, eventsMaxBytes: state.bytes } });
    await until('the outage is told', async () => (await stage.notices('outage')).length > 0);
    await until('it is tried more than once', () => calls > 4);
    expect(await stage.events(PaymentAuthorized)).toEqual([]);
    const { ack_floor } = await stage.manager.consumers.info(stage.names.events, stage.durable('authorize'));
    expect(ack_floor.stream_seq).toBe(0);
    expect(calls).toBeLessThan(40); // 4 at once, each about once a second: not the whole backlog
    await stage.manager.streams.update(stage.names.events, { ...config, max_bytes: config.max_bytes });
    await stage.settled(stage.durable('authorize'));
    const orders = (await stage.events(PaymentAuthorized)).map(({ orderId }) => orderId);
    expect(new Set(orders).size).toBe(200);
    expect(orders).toHaveLength(200);
    expect(await stage.deadLetters()).toEqual([]);
    expect(await stage.notices('retry')).toEqual([]);
  });
});

function pick({ id, source, type, flowId, attempt }: StepContext): StepContext {
  return { id, source, type, flowId, attempt } as StepContext;
}
