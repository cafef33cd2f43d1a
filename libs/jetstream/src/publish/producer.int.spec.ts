import type { JetStreamManager } from '@nats-io/jetstream';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { decodeMessage } from '@troupe/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  freshPrefix,
  keptLog,
  OrderPlaced,
  PaymentAuthorized,
  runtimeOf,
  SMALL_STREAMS,
  startServer,
  until,
} from '../fixtures.spec.support.ts';
import { Names } from '../naming.ts';
import type { RuntimeOptions } from '../runtime/options.ts';

let server: NatsServer;
let client: NatsConnection;
let manager: JetStreamManager;

beforeAll(async () => {
  server = await startNatsServer();
  client = await connect({ servers: server.url });
  manager = await jetstreamManager(client);
});
afterAll(async () => {
  await client.close();
  await server.stop();
});

describe('a producer', () => {
  it('stores an event that opens a flow, and says where', async () => {
    const { producer, events } = await started();
    const sent = await producer.send(OrderPlaced, { orderId: '4711' });
    expect(sent).toMatchObject({ stream: events, seq: 1, duplicate: false });
    const stored = await manager.streams.getMessage(events, { seq: 1 });
    const { event, data } = decodeMessage(stored?.header, stored?.data ?? Buffer.alloc(0));
    expect(event).toMatchObject({
      id: sent.id,
      source: '/storefront',
      type: 'order.placed.v1',
      correlationid: sent.flowId,
      extensions: { appversion: '1.0.0' },
    });
    expect(event.causationid).toBeUndefined();
    expect(data).toEqual({ orderId: '4711' });
  });

  it('opens a flow of its own with each message, unless told which', async () => {
    const { producer } = await started();
    const flows = await Promise.all([1, 2].map(() => producer.send(OrderPlaced, { orderId: '1' })));
    expect(flows[0]?.flowId).not.toBe(flows[1]?.flowId);
    expect(await producer.send(OrderPlaced, { orderId: '1' }, { flowId: 'mine' })).toMatchObject({
      flowId: 'mine',
    });
  });

  it('stores one message for one id, and says that it was there', async () => {
    const { producer, events } = await started();
    const first = await producer.send(OrderPlaced, { orderId: '1' }, { id: 'a', flowId: 'f' });
    const second = await producer.send(OrderPlaced, { orderId: '1' }, { id: 'a', flowId: 'f' });
    expect([first.duplicate, second.duplicate]).toEqual([false, true]);
    expect(second.seq).toBe(first.seq);
    expect(await count(events)).toBe(1);
  });

  it('publishes at most what its app declares', async () => {
    const { producer, events } = await started();
    await expect(producer.send(PaymentAuthorized, { orderId: '1', amount: 1 })).rejects.toMatchObject({
      code: 'TROUPE_OUTPUT_UNDECLARED',
      message: expect.stringContaining('PaymentAuthorized'),
    });
    expect(await count(events)).toBe(0);
  });

  it.each([
    ['a broken contract', { orderId: 7 }, {}, { code: 'TROUPE_CONTRACT_INVALID' }],
    ['an unknown field', { orderId: '7', extra: 1 }, {}, { code: 'TROUPE_CONTRACT_INVALID' }],
    [
      'more than the stream takes',
      { orderId: 'x'.repeat(2 * 1024 * 1024) },
      {},
      { code: 'TROUPE_MESSAGE_TOO_LARGE' },
    ],
    ['an empty id', { orderId: '7' }, { id: '' }, { name: 'RangeError' }],
    ['an empty flow', { orderId: '7' }, { flowId: '' }, { name: 'RangeError' }],
  ])('refuses %s, and nothing is stored', async (_what, data, options, error) => {
    const { producer, events } = await started();
    await expect(producer.send(OrderPlaced, data as OrderPlaced, options)).rejects.toMatchObject(error);
    expect(await count(events)).toBe(0);
  });

  it('says that the stream is full, and keeps what is stored', async () => {
    const { producer, events } = await started({ streams: { ...SMALL_STREAMS, eventsMaxBytes: 8_192 } });
    const note = 'x'.repeat(1_000);
    const ends = await Promise.allSettled(
      Array.from({ length: 20 }, (_, i) => producer.send(OrderPlaced, { orderId: `${i}`, note })),
    );
    const refused = ends.filter((end) => end.status === 'rejected');
    for (const { reason } of refused) expect(reason).toMatchObject({ code: 'TROUPE_STREAM_FULL' });
    expect(refused.length).toBeGreaterThan(10);
    expect(await count(events)).toBe(20 - refused.length);
  });

  it('that is not started refuses at once', async () => {
    const { producer } = runtimeOf(server, { produces: [OrderPlaced] });
    await expect(producer.send(OrderPlaced, { orderId: '1' })).rejects.toMatchObject({
      code: 'TROUPE_BROKER_UNAVAILABLE',
    });
  });

  it('refuses at once while the broker is away, and stores again when it is back', async () => {
    const mortal = await startServer();
    const runtime = runtimeOf(mortal, { produces: [OrderPlaced] });
    await runtime.start();
    await mortal.kill();
    await until('it is noticed', () => runtime.connection.state === 'disconnected');
    const asked = performance.now();
    await expect(runtime.producer.send(OrderPlaced, { orderId: '1' })).rejects.toMatchObject({
      code: 'TROUPE_BROKER_UNAVAILABLE',
    });
    expect(performance.now() - asked).toBeLessThan(1_000);
    await mortal.restart();
    await until('it is ready again', () => runtime.status().ready);
    expect(await runtime.producer.send(OrderPlaced, { orderId: '1' })).toMatchObject({ seq: 1 });
  });

  it('after the stop refuses at once', async () => {
    const { producer, runtime } = await started();
    await runtime.stop();
    await expect(producer.send(OrderPlaced, { orderId: '1' })).rejects.toMatchObject({
      code: 'TROUPE_BROKER_UNAVAILABLE',
    });
  });
});

describe('an id that was used for something else', () => {
  it('raises an alert that says where the other message is', async () => {
    const log = keptLog();
    const { producer, names, events } = await started({ log });
    await producer.send(OrderPlaced, { orderId: '1' }, { id: 'a', flowId: 'f' });
    await producer.send(OrderPlaced, { orderId: '2' }, { id: 'a', flowId: 'f' });
    const notice = await until('the notice is stored', async () =>
      manager.streams
        .getMessage(names.notices, { last_by_subj: names.noticeSubject('alert', 'storefront', 'publisher') })
        .catch(() => null),
    );
    expect(notice.json()).toMatchObject({
      app: 'storefront',
      reason: 'duplicate-differs',
      message: expect.stringContaining(`duplicate of ${events}/1`),
    });
    expect(log.lines.filter((line) => line.startsWith('error'))).toHaveLength(1);
  });

  it('is no alert when it was used for the same', async () => {
    const log = keptLog();
    const { producer, names } = await started({ log });
    for (let i = 0; i < 3; i++) await producer.send(OrderPlaced, { orderId: '1' }, { id: 'a', flowId: 'f' });
    await producer.send(OrderPlaced, { orderId: '2' }, { id: 'a', flowId: 'f' }); // checked after those
    await until('the last one is told', () => log.lines.some((line) => line.startsWith('error')));
    expect(log.lines.filter((line) => /^(error|warn)/.test(line))).toHaveLength(1);
    await until('its notice is stored', async () => (await count(names.notices)) === 1);
  });
});

async function started(options: Partial<RuntimeOptions> = {}) {
  const names = new Names(freshPrefix());
  const runtime = runtimeOf(server, { prefix: names.prefix, produces: [OrderPlaced], ...options });
  await runtime.start();
  return { runtime, producer: runtime.producer, names, events: names.events };
}

async function count(stream: string): Promise<number> {
  return (await manager.streams.info(stream)).state.messages;
}
