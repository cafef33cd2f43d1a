import { type Msg, type NatsConnection, NoRespondersError } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { TerminalError } from '../errors.ts';
import {
  connectTo,
  keptLog,
  managerOf,
  OrderPlaced,
  PaymentAuthorized,
  runtimeOf,
  startServer,
  stepOf,
  until,
} from '../fixtures.spec.support.ts';
import type { Runtime } from './runtime.ts';

/** As far as the protocol says and the tests look. */
interface Answer {
  readonly type: string;
  readonly name: string;
  readonly id: string;
  readonly endpoints?: readonly { readonly [field: string]: unknown }[];
}

/** A runtime that the broker knows to answer. */
async function running(...[server, options]: Parameters<typeof runtimeOf>): Promise<Runtime> {
  const runtime = runtimeOf(server, options);
  await runtime.start();
  await runtime.connection.client.flush();
  return runtime;
}

/** The first so many answers. Rejects with `NoRespondersError` when nobody is there to give one. */
async function ask(client: NatsConnection, subject: string, count = 1): Promise<Answer[]> {
  const options = { strategy: 'count', maxMessages: count, maxWait: 10_000 } as const;
  const answers: Answer[] = [];
  for await (const message of await client.requestMany(subject, undefined, options))
    answers.push(message.json<Answer>());
  return answers;
}

async function untilNobodyAnswers(client: NatsConnection, subject: string): Promise<void> {
  await until(`nobody answers ${subject}`, () =>
    ask(client, subject).then(
      () => false,
      (error: unknown) => error instanceof NoRespondersError,
    ),
  );
}

const idsOf = (answers: readonly Answer[]): Set<string> => new Set(answers.map(({ id }) => id));

describe('an instance of an app', () => {
  it('answers a ping of all, of its app, and of itself alone', async () => {
    const server = await startServer();
    const client = await connectTo(server);
    await running(server, { steps: [stepOf()] });
    await running(server, { steps: [stepOf()] });
    await running(server, { app: 'payments', version: '2.1.0-rc.1' });
    expect(idsOf(await ask(client, '$SRV.PING', 3)).size).toBe(3);
    expect(idsOf(await ask(client, '$SRV.PING.storefront', 2)).size).toBe(2);
    const [payments] = await ask(client, '$SRV.PING.payments');
    expect(payments).toEqual({
      type: 'io.nats.micro.v1.ping_response',
      name: 'payments',
      id: expect.stringMatching(/^[A-Za-z0-9]+$/),
      version: '2.1.0-rc.1',
      metadata: {},
    });
    expect(await ask(client, `$SRV.PING.payments.${payments?.id}`)).toEqual([payments]);
    await untilNobodyAnswers(client, '$SRV.PING.inventory');
  });

  it('answers no more once it stops, while the other does', async () => {
    const server = await startServer();
    const client = await connectTo(server);
    const staying = await running(server, { steps: [stepOf()] });
    const [first] = await ask(client, '$SRV.PING');
    const leaving = await running(server, { steps: [stepOf()] });
    const both = await ask(client, '$SRV.PING', 2);
    const second = both.find(({ id }) => id !== first?.id);
    await leaving.drain();
    await untilNobodyAnswers(client, `$SRV.PING.storefront.${second?.id}`);
    expect(await ask(client, `$SRV.PING.storefront.${first?.id}`)).toEqual([first]);
    await staying.stop();
    await untilNobodyAnswers(client, '$SRV.PING');
  });

  it('does not answer before its steps run', async () => {
    const server = await startServer();
    const runtime = runtimeOf(server, { topology: 'verify' });
    await expect(runtime.start()).rejects.toMatchObject({ code: 'TROUPE_TOPOLOGY_MISSING' });
    await untilNobodyAnswers(await connectTo(server), '$SRV.PING');
  });

  it('answers again after the broker was away', async () => {
    const server = await startServer();
    const runtime = await running(server, { steps: [stepOf()] });
    const before = await ask(await connectTo(server), '$SRV.PING');
    await server.kill();
    await until('it notices', () => !runtime.status().ready);
    await server.restart();
    await until('it is back', () => runtime.status().ready);
    await runtime.connection.client.flush();
    expect(await ask(await connectTo(server), '$SRV.PING')).toEqual(before);
  });

  it('goes on after a question that is none', async () => {
    const server = await startServer();
    const client = await connectTo(server);
    await running(server, { steps: [stepOf()] });
    const answers: Answer[] = [];
    const callback = (_: Error | null, message: Msg): void => void answers.push(message.json<Answer>());
    client.subscribe('_INBOX.mine', { callback });
    for (const verb of ['constructor', 'SCHEMA', 'ping'])
      client.publish(`$SRV.${verb}`, '', { reply: '_INBOX.mine' });
    client.publish('$SRV.PING', 'that wants no answer');
    client.publish('$SRV.STATS', Buffer.alloc(100_000, 0xff), { reply: '_INBOX.mine' });
    client.publish('$SRV.PING', '', { reply: '_INBOX.mine' });
    await until('the last is answered', () => answers.some(({ type }) => type.includes('ping')));
    expect(answers).toMatchObject([
      { type: 'io.nats.micro.v1.stats_response' },
      { type: 'io.nats.micro.v1.ping_response' },
    ]);
  });

  it('lists its steps', async () => {
    const server = await startServer();
    const steps = [
      stepOf({ on: [OrderPlaced, PaymentAuthorized], emits: [PaymentAuthorized] }),
      stepOf({ name: 'refund' }),
    ];
    await running(server, { prefix: 'staging', steps });
    const [info] = await ask(await connectTo(server), '$SRV.INFO');
    expect(info).toMatchObject({
      type: 'io.nats.micro.v1.info_response',
      name: 'storefront',
      metadata: { 'troupe-prefix': 'staging' },
      description: expect.any(String),
      endpoints: [
        {
          name: 'authorize',
          subject: 'staging.evt.order.placed.v1.*',
          queue_group: 'storefront__authorize',
        },
        { name: 'refund', queue_group: 'storefront__refund' },
      ],
    });
    const metadata = info?.endpoints?.[0]?.metadata as { 'troupe-manifest': string };
    expect(JSON.parse(metadata['troupe-manifest'])).toMatchObject({
      step: 'storefront__authorize',
      consumes: ['order.placed.v1', 'payment.authorized.v1'],
      emits: ['payment.authorized.v1'],
    });
  });

  it('counts what each step handled, and what failed', async () => {
    const server = await startServer();
    const client = await connectTo(server);
    const handle = (order: object): void => {
      if ((order as OrderPlaced).orderId === 'bad') throw new TerminalError('No such card.');
    };
    const runtime = await running(server, {
      produces: [OrderPlaced],
      steps: [stepOf({ handle }), stepOf({ name: 'idle', on: [PaymentAuthorized] })],
    });
    for (const orderId of ['1', '2', 'bad']) await runtime.producer.send(OrderPlaced, { orderId });
    const manager = await managerOf(server);
    await until('all are answered', async () => {
      const durable = await manager.consumers.info('EVENTS', 'storefront__authorize__order_placed_v1');
      return durable.ack_floor.stream_seq === 3;
    });
    const stats = await until('the last is counted', async () => {
      const [stats] = await ask(client, '$SRV.STATS.storefront');
      return stats?.endpoints?.[0]?.num_requests === 3 ? stats : undefined;
    });
    expect(stats).toMatchObject({
      type: 'io.nats.micro.v1.stats_response',
      started: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      endpoints: [
        {
          name: 'authorize',
          subject: 'evt.order.placed.v1.*',
          queue_group: 'storefront__authorize',
          num_errors: 1,
          last_error: 'No such card.',
        },
        { name: 'idle', num_requests: 0, num_errors: 0, processing_time: 0, average_processing_time: 0 },
      ],
    });
    const [authorize, idle] = stats.endpoints ?? [];
    expect(authorize?.processing_time).toBeGreaterThan(0);
    expect(authorize?.average_processing_time).toBeCloseTo(Number(authorize?.processing_time) / 3, -1);
    expect(idle).not.toHaveProperty('last_error');
  });

  it('that may not be asked runs all the same, and the log says so', async () => {
    const user = '{ user: a, password: b, permissions: { subscribe: { deny: "$SRV.>" } } }';
    const server = await startServer({ configExtra: `authorization { users: [${user}] }` });
    const log = keptLog();
    const runtime = runtimeOf(server, {
      connection: { servers: server.url.replace('//', '//a:b@') },
      steps: [stepOf()],
      log,
    });
    await runtime.start();
    await until('it says so', () => log.lines.some((line) => /^error: .*\$SRV\.\*/.test(line)));
    expect(runtime.status()).toEqual({ ready: true, problems: [] });
  });
});
