import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { nkeys } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { type NatsServer, type StartNatsServerOptions, startNatsServer } from '@troupe/broker';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Ended } from '../command-line.spec.support.ts';
import { build } from '../workshop.spec.support.ts';
import { troupeIn, troupeWith, workspaceOf } from '../workspace/fixture.spec.support.ts';

const CONSUMER = 'pay__charge__order_placed_v1';

let folder: string;

beforeAll(() => build(), 120_000);

describe('troupe topology', () => {
  it('plans what is missing, applies it when it may, and has nothing to do then', async () => {
    const { server, manager } = await stage();
    const planned = await troupe(server, 'plan');
    expect(planned).toMatchObject({ code: 0 });
    expect(planned.out.trim().split('\n')).toEqual([
      'create stream EVENTS',
      'create stream DEAD_LETTERS',
      'create stream NOTICES',
      'create stream DELAYED_pay',
      'create stream KV_crashes_pay',
      'create stream KV_ops_dead_letters',
      `create consumer ${CONSUMER}`,
      'create consumer pay__charge',
    ]);
    expect(await troupe(server, 'apply')).toMatchObject({ code: 2 }); // nobody is there to confirm
    expect(await namesOf(manager)).toEqual([]);
    expect(await troupe(server, 'apply', '--yes')).toMatchObject({ code: 0, out: planned.out });
    expect(await troupe(server, 'plan')).toMatchObject({ code: 3, out: '' });
    expect(await troupe(server, 'apply')).toMatchObject({ code: 3, out: '' });
    expect(await namesOf(manager)).toHaveLength(6);
  }, 120_000);

  it('tells each setting that differs, changes it, and leaves what a newer build declared', async () => {
    const { server, manager } = await stage();
    await troupe(server, 'apply', '--yes');
    await manager.consumers.update('EVENTS', CONSUMER, { max_ack_pending: 5 });
    const planned = await troupe(server, 'plan', '--json');
    expect(JSON.parse(planned.out)).toMatchObject({
      kind: 'change',
      what: `consumer ${CONSUMER}`,
      differences: [{ setting: 'max_ack_pending', inBroker: 5, declared: 10_000 }],
    });
    const applied = await troupe(server, 'apply', '--yes');
    expect(applied.out).toBe(`change consumer ${CONSUMER}\n  max_ack_pending: 5 → 10000\n`);
    const { config } = await manager.consumers.info('EVENTS', CONSUMER);
    expect(config.max_ack_pending).toBe(10_000);

    const manifest = JSON.parse(config.metadata?.['troupe-manifest'] ?? '') as object;
    const metadata = { 'troupe-manifest': JSON.stringify({ ...manifest, version: '9.0.0' }) };
    await manager.consumers.update('EVENTS', CONSUMER, { max_ack_pending: 5, metadata });
    expect(await troupe(server, 'plan')).toMatchObject({ code: 3, out: '' });
  }, 120_000);

  it('says at once when the broker knows another user', async () => {
    const { server } = await stage({
      configExtra: `authorization { users: [{ nkey: ${nkeys.createUser().getPublicKey()} }] }`,
    });
    const pair = nkeys.createUser();
    const key = join(folder, 'key.nk');
    await writeFile(key, Buffer.from(pair.getSeed()));
    const refused = await troupeWith(
      { NATS_URL: server.url, NATS_NKEY_FILE: key },
      folder,
      'topology',
      'plan',
    );
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain('TROUPE_BROKER_REFUSED');
    expect(refused.err).toContain(pair.getPublicKey());
  }, 60_000);

  it.each([[['--replicas', '2']], [['EVENTS']]])('does not take %s', async (args) => {
    const refused = await troupeIn(await mkdtempOf(), 'topology', 'plan', ...args);
    expect(refused).toMatchObject({ code: 2, out: '' });
  });
});

/** A broker, and a workspace with one app that has a step. */
async function stage(
  options?: StartNatsServerOptions,
): Promise<{ server: NatsServer; manager: JetStreamManager }> {
  folder = await workspaceOf({
    contracts: ['order.placed', 'order.paid'],
    apps: { pay: { steps: { charge: 'order.placed > order.paid' } } },
  });
  const server = await startNatsServer(options);
  onTestFinished(() => server.stop());
  if (options !== undefined) return { server, manager: undefined as never };
  const client = await connect({ servers: server.url });
  onTestFinished(() => client.close());
  return { server, manager: await jetstreamManager(client) };
}

function troupe(server: NatsServer, ...args: string[]): Promise<Ended> {
  return troupeWith({ NATS_URL: server.url }, folder, 'topology', ...args);
}

async function namesOf(manager: JetStreamManager): Promise<string[]> {
  const names: string[] = [];
  for await (const name of manager.streams.names()) names.push(name);
  return names;
}

async function mkdtempOf(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'troupe-topology-'));
  onTestFinished(() => rm(made, { recursive: true }));
  return made;
}
