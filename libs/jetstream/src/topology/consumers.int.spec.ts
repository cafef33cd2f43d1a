import { type ConsumerInfo, type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  freshPrefix,
  OrderPlaced,
  PaymentAuthorized,
  PickItem,
  runtimeOf,
  stepOf,
  until,
} from '../fixtures.spec.support.ts';
import { Names } from '../naming.ts';
import type { RuntimeOptions } from '../runtime/options.ts';
import { MANIFEST_KEY, type Manifest, readManifest } from './manifest.ts';

const DURABLE = 'payments__authorize__order_placed_v1';
let server: NatsServer;
let manager: JetStreamManager;
let client: NatsConnection;

beforeAll(async () => {
  server = await startNatsServer();
  client = await connect({ servers: server.url });
  manager = await jetstreamManager(client);
});
afterAll(async () => {
  await client.close();
  await server.stop();
});

describe('the durables of a step', () => {
  it('are one for each contract and one for what comes back, with every setting of the design', async () => {
    const { prefix, names } = environment();
    await start(prefix, { steps: [stepOf({ on: [OrderPlaced, PaymentAuthorized], from: 'now' })] });
    const settings = {
      ack_policy: 'explicit',
      replay_policy: 'instant',
      ack_wait: nanos(30_000),
      max_deliver: -1,
      max_ack_pending: 10_000,
      num_replicas: 1,
    };
    const events = await durablesOf(names.events);
    expect([...events.keys()]).toEqual([DURABLE, 'payments__authorize__payment_authorized_v1']);
    expect(events.get(DURABLE)?.config).toMatchObject({
      ...settings,
      deliver_policy: 'new',
      filter_subject: `${prefix}.evt.order.placed.v1.*`,
    });
    expect(events.get('payments__authorize__payment_authorized_v1')?.config).toMatchObject({
      ...settings,
      filter_subject: `${prefix}.evt.payment.authorized.v1.*`,
    });
    const delayed = await durablesOf(names.delayed('payments'));
    expect([...delayed.keys()]).toEqual(['payments__authorize']);
    expect(delayed.get('payments__authorize')?.config).toMatchObject({
      ...settings,
      deliver_policy: 'all',
      filter_subject: `${prefix}.rdv.payments.authorize.*`,
    });
    for (const { config } of [...events.values(), ...delayed.values()]) {
      expect(config.backoff).toBeUndefined(); // it would override the retry's own delay
      expect(config.inactive_threshold ?? 0).toBe(0);
    }
  });

  it('hold the step in their metadata: what it consumes and emits, its deadline, who wrote it', async () => {
    const { prefix, names } = environment();
    await start(prefix, {
      version: '2.3.4',
      steps: [stepOf({ on: [OrderPlaced], emits: [PaymentAuthorized], within: '30s' })],
    });
    const manifest: Manifest = {
      format: 1,
      app: 'payments',
      version: '2.3.4',
      step: 'payments__authorize',
      consumes: ['order.placed.v1'],
      emits: ['payment.authorized.v1'],
      from: 'beginning',
      within: '30s',
    };
    expect(await manifestIn(names.events, DURABLE)).toEqual(manifest);
    expect(await manifestIn(names.delayed('payments'), 'payments__authorize')).toEqual(manifest);
  });

  it('are made once when ten instances start at the same time', async () => {
    const { prefix, names } = environment();
    await Promise.all(Array.from({ length: 10 }, () => start(prefix)));
    expect([...(await durablesOf(names.events)).keys()]).toEqual([DURABLE]);
  });
});

describe('a new durable', () => {
  it.each([
    ['beginning', 3],
    ['now', 0],
  ] as const)('from %s takes %i of three messages that were there before it', async (from, expected) => {
    const { prefix, names } = environment();
    await start(prefix, { app: 'storefront', steps: [] });
    const subject = `${names.prefix}.evt.order.placed.v1.0`;
    for (let i = 0; i < 3; i++) await client.request(subject, 'before');
    const seen: string[] = [];
    await start(prefix, { steps: [stepOf({ from })] });
    await client.request(subject, 'after');
    // Neither is a valid message: each that the step sees ends as a dead letter.
    const letters = await until('the step settled what it takes', async () => {
      const { state } = await manager.streams.info(names.deadLetters);
      const { num_pending, num_ack_pending } = await manager.consumers.info(names.events, DURABLE);
      const settled = num_pending + num_ack_pending === 0;
      return settled && state.messages > expected ? state : undefined;
    });
    for (let seq = 1; seq <= letters.messages; seq++) {
      const message = await manager.streams.getMessage(names.deadLetters, { seq });
      seen.push(message?.string() ?? '');
    }
    expect(seen).toEqual([...Array.from({ length: expected }, () => 'before'), 'after']);
  });
});

describe('a durable that differs from what is declared', () => {
  it('is told setting by setting, refused by "create", and changed by "change"', async () => {
    const { prefix, names } = environment();
    await (await start(prefix)).stop();
    await manager.consumers.update(names.events, DURABLE, {
      max_ack_pending: 7,
      filter_subject: `${prefix}.evt.order.*.v1.*`,
    });
    await expect(start(prefix)).rejects.toMatchObject({
      code: 'TROUPE_TOPOLOGY_MISMATCH',
      differences: [
        {
          what: `consumer ${DURABLE}`,
          setting: 'filter_subject',
          inBroker: `${prefix}.evt.order.*.v1.*`,
          declared: `${prefix}.evt.order.placed.v1.*`,
        },
        { what: `consumer ${DURABLE}`, setting: 'max_ack_pending', inBroker: 7, declared: 10_000 },
      ],
    });
    expect((await configOf(names.events)).max_ack_pending).toBe(7);

    await manager.consumers.update(names.events, DURABLE, { metadata: { note: 'of a person' } });
    await start(prefix, { topology: 'change' });
    expect(await configOf(names.events)).toMatchObject({
      filter_subject: `${prefix}.evt.order.placed.v1.*`,
      max_ack_pending: 10_000,
      metadata: { note: 'of a person' },
    });
    expect(await manifestIn(names.events, DURABLE)).toMatchObject({ app: 'payments' });
  });

  it('may begin elsewhere: where it began is history', async () => {
    const { prefix, names } = environment();
    await start(prefix, { steps: [stepOf({ from: 'beginning' })] });
    await start(prefix, { steps: [stepOf({ from: 'now' })] });
    expect((await configOf(names.events)).deliver_policy).toBe('all');
    expect((await manifestIn(names.events, DURABLE))?.from).toBe('now');
  });
});

describe('a manifest', () => {
  const withDeadline = (within: string) => ({ steps: [stepOf({ within })] });

  it('is replaced by a newer build, and by the same version', async () => {
    const { prefix, names } = environment();
    await start(prefix, { version: '1.9.0', ...withDeadline('1s') });
    await start(prefix, { version: '1.10.0', ...withDeadline('2s') });
    expect(await manifestIn(names.events, DURABLE)).toMatchObject({ version: '1.10.0', within: '2s' });
    await start(prefix, { version: '1.10.0', ...withDeadline('3s') });
    expect(await manifestIn(names.events, DURABLE)).toMatchObject({ version: '1.10.0', within: '3s' });
  });

  it('of a newer build stays when an older one starts, and so do that build’s settings', async () => {
    const { prefix, names } = environment();
    await start(prefix, { version: '2.0.0', ...withDeadline('2s') });
    await manager.consumers.update(names.events, DURABLE, { max_ack_pending: 7 });
    await start(prefix, { version: '2.0.0-rc.1', topology: 'change', ...withDeadline('1s') });
    expect(await manifestIn(names.events, DURABLE)).toMatchObject({ version: '2.0.0', within: '2s' });
    expect((await configOf(names.events)).max_ack_pending).toBe(7);
  });

  it('is not written by an app that may only verify', async () => {
    const { prefix, names } = environment();
    await start(prefix, { version: '1.0.0' });
    await start(prefix, { version: '1.1.0', topology: 'verify' });
    expect(await manifestIn(names.events, DURABLE)).toMatchObject({ version: '1.0.0' });
  });

  it('that nobody can read is replaced', async () => {
    const { prefix, names } = environment();
    await start(prefix);
    await manager.consumers.update(names.events, DURABLE, { metadata: { [MANIFEST_KEY]: '{"format":9' } });
    await start(prefix);
    expect(await manifestIn(names.events, DURABLE)).toMatchObject({ app: 'payments' });
  });
});

describe('an app that may only verify', () => {
  it('is refused when a durable is missing, and creates none', async () => {
    const { prefix, names } = environment();
    await start(prefix, { steps: [stepOf({ name: 'other' })] });
    await expect(start(prefix, { topology: 'verify' })).rejects.toMatchObject({
      code: 'TROUPE_TOPOLOGY_MISSING',
      what: `consumer ${DURABLE} on ${names.events}`,
    });
    expect((await durablesOf(names.events)).size).toBe(1);
  });

  it('runs when all is there', async () => {
    const { prefix } = environment();
    await start(prefix);
    expect((await start(prefix, { topology: 'verify' })).status()).toEqual({ ready: true, problems: [] });
  });
});

describe('a command', () => {
  const picking = (app: string) => ({ app, steps: [stepOf({ name: 'pick', on: [PickItem] })] });

  it('that another app handles is refused, naming both, and the second durable is not made', async () => {
    const { prefix, names } = environment();
    await start(prefix, picking('picking'));
    await expect(start(prefix, picking('robots'))).rejects.toMatchObject({
      code: 'TROUPE_COMMAND_HANDLED_TWICE',
      contract: 'item.pick.v1',
      here: 'robots__pick__item_pick_v1',
      there: 'picking__pick__item_pick_v1',
    });
    expect([...(await durablesOf(names.events)).keys()]).toEqual(['picking__pick__item_pick_v1']);
  });

  it('never runs in two apps that start at the same time', async () => {
    for (let round = 0; round < 5; round++) {
      const { prefix } = environment();
      const starts = await Promise.allSettled(
        ['picking', 'robots'].map((app) => start(prefix, picking(app))),
      );
      expect(starts.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
    }
  });

  it('is handled by several instances of one step, and in each environment by another app', async () => {
    const { prefix } = environment();
    await start(prefix, picking('picking'));
    await start(prefix, picking('picking'));
    await start(environment().prefix, picking('robots'));
  });
});

function environment(): { prefix: string; names: Names } {
  const prefix = freshPrefix();
  return { prefix, names: new Names(prefix) };
}

async function start(prefix: string, options: Partial<RuntimeOptions> = {}) {
  const runtime = runtimeOf(server, { app: 'payments', prefix, steps: [stepOf()], ...options });
  await runtime.start();
  return runtime;
}

async function durablesOf(stream: string): Promise<Map<string, ConsumerInfo>> {
  const found: [string, ConsumerInfo][] = [];
  for await (const info of manager.consumers.list(stream)) found.push([info.name, info]);
  return new Map(found.sort(([a], [b]) => a.localeCompare(b)));
}

async function configOf(stream: string): Promise<ConsumerInfo['config']> {
  return (await manager.consumers.info(stream, DURABLE)).config;
}

async function manifestIn(stream: string, durable: string): Promise<Manifest | undefined> {
  return readManifest((await manager.consumers.info(stream, durable)).config.metadata);
}
