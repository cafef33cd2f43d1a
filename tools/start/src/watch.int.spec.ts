import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { until } from './fixtures/surroundings.ts';
import type { Sighting } from './sighting.ts';
import { watch } from './watch.ts';

let server: NatsServer;
let nats: NatsConnection;

beforeAll(async () => {
  server = await startNatsServer();
  nats = await connect({ servers: server.url });
  const manager = await jetstreamManager(nats);
  for (const [prefix, token] of [
    ['', ''],
    ['test_', 'test.'],
  ]) {
    await manager.streams.add({ name: `${prefix}EVENTS`, subjects: [`${token}evt.>`] });
    await manager.streams.add({ name: `${prefix}DEAD_LETTERS`, subjects: [`${token}dlq.>`] });
    await manager.streams.add({
      name: `${prefix}NOTICES`,
      subjects: [`${token}ntc.>`, `${token}advisory.>`],
    });
  }
});
afterAll(async () => {
  await nats.close();
  await server.stop();
});

async function watched(prefix = ''): Promise<Sighting[]> {
  const sightings: Sighting[] = [];
  const { signal } = new AbortController();
  const watching = await watch(server.url, prefix, (sighting) => sightings.push(sighting), signal);
  onTestFinished(() => watching.close());
  return sightings;
}

async function publish(subject: string, body: string, fields: Record<string, string> = {}): Promise<void> {
  const set = headers();
  for (const [name, value] of Object.entries(fields)) set.set(name, value);
  await jetstream(nats).publish(subject, body, { headers: set });
}

/** Publishes an event, again while the broker is away, without storing it twice. */
async function storedOnce(source: string): Promise<void> {
  const fields = { ...event, 'ce-source': `/${source}`, 'Nats-Msg-Id': source };
  await until(
    () =>
      publish('evt.order.placed.v1.0', '{}', fields).then(
        () => true,
        () => false,
      ),
    `${source} is stored`,
  );
}

const event = {
  'ce-specversion': '1.0',
  'ce-id': '1',
  'ce-type': 'order.placed.v1',
  'ce-source': '/storefront',
  'ce-correlationid': 'the-flow',
};

describe('a watch', () => {
  it('sees what is stored after it began, and nothing from before', async () => {
    await publish('evt.order.placed.v1.0', '{}', { ...event, 'ce-type': 'order.forgotten.v1' });
    const sightings = await watched();
    await publish('evt.order.placed.v1.0', '{}', event);
    await until(() => sightings.length > 0, 'the event is seen');
    expect(sightings).toEqual([
      {
        kind: 'event',
        flowId: 'the-flow',
        type: 'order.placed.v1',
        where: 'storefront',
        at: expect.closeTo(Date.now(), -5),
        detail: '',
      },
    ]);
  });

  it('sees every event once and in order, though the broker is killed meanwhile', async () => {
    const sightings = await watched();
    const sources = Array.from({ length: 60 }, (_, index) => `source-${index}`);
    for (const [index, source] of sources.entries()) {
      if (index % 20 === 10) {
        await server.kill();
        await server.restart();
      }
      await storedOnce(source);
    }
    await until(() => sightings.length >= sources.length, 'all are seen', 60_000);
    expect(sightings.map(({ where }) => where)).toEqual(sources);
  }, 120_000);

  it('shows noise by its subject', async () => {
    const sightings = await watched();
    await publish('evt.order.placed.v1.0', 'noise');
    await until(() => sightings.length > 0, 'the noise is seen');
    expect(sightings[0]).toMatchObject({
      flowId: undefined,
      type: 'evt.order.placed.v1.0',
      where: 'unknown',
    });
  });

  it('shows dead letters with their reasons, also of messages that cannot be read', async () => {
    const sightings = await watched();
    const context = {
      'x-dlq-app': 'payments',
      'x-dlq-step': 'authorize',
      'x-dead-letter-reason': 'contract-invalid',
      'x-dlq-error-message': encodeURI('100 % wrong – really'),
      'x-original-subject': 'evt.order.placed.v1.0',
    };
    await publish('dlq.payments.authorize', '{}', { ...event, ...context });
    await publish('dlq.payments.authorize', 'noise', { ...context, 'x-dlq-error-message': '100 % raw' });
    await until(() => sightings.length === 2, 'both are seen');
    expect(sightings).toMatchObject([
      {
        kind: 'dead letter',
        flowId: 'the-flow',
        type: 'order.placed.v1',
        where: 'payments/authorize',
        detail: 'contract-invalid: 100 % wrong – really',
      },
      { flowId: undefined, type: 'evt.order.placed.v1.0', detail: 'contract-invalid: 100 % raw' },
    ]);
  });

  it("shows notices, and not the broker's advisories beside them", async () => {
    const sightings = await watched();
    await publish('advisory.nak', '{}');
    await publish('ntc.retry.payments.authorize', 'noise');
    await publish(
      'ntc.retry.payments.authorize',
      JSON.stringify({
        app: 'payments',
        step: 'authorize',
        reason: 'error',
        message: 'the bank is closed',
        attempt: 2,
        event: { type: 'order.placed.v1', flowId: 'the-flow' },
      }),
    );
    await until(() => sightings.length === 2, 'both are seen');
    expect(sightings).toMatchObject([
      { kind: 'notice', flowId: undefined, type: 'ntc.retry.payments.authorize', detail: 'noise' },
      {
        flowId: 'the-flow',
        type: 'order.placed.v1',
        where: 'payments/authorize',
        detail: 'attempt 2, error, the bank is closed',
      },
    ]);
  });

  it('looks at one environment of several in a broker', async () => {
    const sightings = await watched('test');
    await publish('evt.order.placed.v1.0', '{}', { ...event, 'ce-source': '/other' });
    await publish('test.evt.order.placed.v1.0', '{}', event);
    await until(() => sightings.length > 0, 'the event is seen');
    expect(sightings.map(({ where }) => where)).toEqual(['storefront']);
  });
});
