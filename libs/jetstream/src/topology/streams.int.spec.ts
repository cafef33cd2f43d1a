import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  connectTo,
  freshPrefix,
  managerOf,
  ParcelDispatched,
  runtimeOf,
  SMALL_STREAMS,
  startServer,
  stepOf,
} from '../fixtures.spec.support.ts';
import { Names } from '../naming.ts';

const MIB = 1024 * 1024;
const steps = [stepOf()];
let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

describe('the streams of an app that starts on an empty broker', () => {
  it('are those of the design, with every setting of theirs', async () => {
    const prefix = freshPrefix();
    await runtimeOf(server, { app: 'payments', prefix, streams: {}, steps }).start();
    const manager = await managerOf(server);
    const names = new Names(prefix);
    const common = {
      retention: 'limits',
      storage: 'file',
      num_replicas: 1,
      duplicate_window: nanos(600_000),
      allow_direct: true,
      max_msgs: -1,
      max_msgs_per_subject: -1,
      max_consumers: -1,
    };
    const guarded = { allow_rollup_hdrs: false };

    expect(await configOf(manager, names.events)).toMatchObject({
      ...common,
      ...guarded,
      subjects: [`${prefix}.evt.>`, `${prefix}.cmd.>`],
      discard: 'new',
      max_age: 0,
      max_bytes: 1024 * MIB,
      max_msg_size: 2 * MIB - 64 * 1024,
      metadata: { 'troupe-lanes': '32' },
    });
    expect(await configOf(manager, names.delayed('payments'))).toMatchObject({
      ...common,
      subjects: [`${prefix}.rdv.payments.>`, `${prefix}.sch.payments.>`],
      discard: 'old',
      max_age: 0,
      max_bytes: -1,
      max_msg_size: -1,
      allow_msg_schedules: true,
    });
    expect(await configOf(manager, names.deadLetters)).toMatchObject({
      ...common,
      ...guarded,
      subjects: [`${prefix}.dlq.>`],
      discard: 'new',
      max_age: 0,
      max_bytes: 256 * MIB,
    });
    expect(await configOf(manager, names.notices)).toMatchObject({
      ...common,
      ...guarded,
      subjects: [
        `${prefix}.ntc.>`,
        `$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${names.events}.>`,
        `$JS.EVENT.ADVISORY.CONSUMER.MSG_TERMINATED.${names.events}.>`,
        `$JS.EVENT.ADVISORY.CONSUMER.MSG_NAKED.${names.events}.>`,
      ],
      discard: 'old',
      max_age: nanos(7 * 24 * 3_600_000),
      max_bytes: 64 * MIB,
    });
    expect(await configOf(manager, `KV_${names.crashes('payments')}`)).toMatchObject({
      ...common,
      ...guarded,
      subjects: [`$KV.${prefix}_crashes_payments.>`],
      max_msgs_per_subject: 1,
      discard: 'new',
      max_age: nanos(24 * 3_600_000),
      max_bytes: 4 * MIB,
      deny_delete: true,
    });
    for (const name of [names.events, names.deadLetters, names.notices])
      expect((await configOf(manager, name)).allow_msg_schedules ?? false).toBe(false);
  });

  it('take their sizes, window and copies from the settings', async () => {
    const prefix = freshPrefix();
    const names = new Names(prefix);
    const streams = {
      duplicateWindowMs: 5_000,
      eventsMaxBytes: 3 * MIB,
      deadLettersMaxBytes: 5 * MIB,
      noticesMaxBytes: 6 * MIB,
    };
    await runtimeOf(server, { prefix, streams, steps }).start();
    const manager = await managerOf(server);
    const sizes = await Promise.all(
      [names.events, names.delayed('storefront'), names.deadLetters, names.notices].map(async (name) => {
        const { max_bytes, duplicate_window } = await configOf(manager, name);
        expect(duplicate_window).toBe(nanos(5_000));
        return max_bytes;
      }),
    );
    expect(sizes).toEqual([3 * MIB, -1, 5 * MIB, 6 * MIB]);
  });

  it('are shared with a second app, which adds its own', async () => {
    const prefix = freshPrefix();
    await runtimeOf(server, { app: 'payments', prefix, steps }).start();
    await runtimeOf(server, { app: 'shipping', prefix, steps }).start();
    const names = new Names(prefix);
    expect(await streamsOf(await managerOf(server), prefix)).toEqual(
      [
        names.events,
        names.deadLetters,
        names.notices,
        names.delayed('payments'),
        names.delayed('shipping'),
        `KV_${names.crashes('payments')}`,
        `KV_${names.crashes('shipping')}`,
      ].sort(),
    );
  });

  it('are only the shared ones when it has no steps; its own stay when it has none any more', async () => {
    const prefix = freshPrefix();
    const { events, deadLetters, notices } = new Names(prefix);
    const shared = [events, deadLetters, notices].sort();
    const manager = await managerOf(server);
    await runtimeOf(server, { app: 'console', prefix }).start();
    expect(await streamsOf(manager, prefix)).toEqual(shared);
    const app = runtimeOf(server, { app: 'console', prefix, steps });
    await app.start();
    await app.stop();
    const own = await streamsOf(manager, prefix);
    expect(own).toHaveLength(5);
    await runtimeOf(server, { app: 'console', prefix, topology: 'verify' }).start();
    expect(await streamsOf(manager, prefix)).toEqual(own);
  });

  it('are made once when five apps and five instances start at the same time', async () => {
    const prefix = freshPrefix();
    const apps = [1, 2, 3, 4, 5].flatMap((i) => [`app-${i}`, 'same']);
    await Promise.all(apps.map((app) => runtimeOf(server, { app, prefix, steps }).start()));
    expect(await streamsOf(await managerOf(server), prefix)).toHaveLength(3 + 2 * 6);
  });
});

describe('a stream that differs from what is declared', () => {
  async function shrunk(): Promise<{ prefix: string; manager: JetStreamManager; events: string }> {
    const prefix = freshPrefix();
    const { events } = new Names(prefix);
    await runtimeOf(server, { prefix }).start();
    const manager = await managerOf(server);
    await manager.streams.update(events, { max_bytes: 5 * MIB, allow_rollup_hdrs: true });
    return { prefix, manager, events };
  }

  it('is told setting by setting, and refused and left alone by "create" and "verify"', async () => {
    const { prefix, manager, events } = await shrunk();
    for (const topology of ['create', 'verify'] as const) {
      const started = runtimeOf(server, { prefix, topology }).start();
      await expect(started).rejects.toMatchObject({
        code: 'TROUPE_TOPOLOGY_MISMATCH',
        differences: expect.arrayContaining([
          {
            what: `stream ${events}`,
            setting: 'max_bytes',
            inBroker: 5 * MIB,
            declared: SMALL_STREAMS.eventsMaxBytes,
          },
          { what: `stream ${events}`, setting: 'allow_rollup_hdrs', inBroker: true, declared: false },
        ]),
      });
      await expect(started).rejects.toThrow(
        `stream ${events}: max_bytes is ${5 * MIB}, declared ${SMALL_STREAMS.eventsMaxBytes}`,
      );
      await expect(started).rejects.toThrow('TROUPE_TOPOLOGY=change');
    }
    expect(await configOf(manager, events)).toMatchObject({ max_bytes: 5 * MIB, allow_rollup_hdrs: true });
  });

  it('is changed by "change", which keeps what it holds and its lanes', async () => {
    const { prefix, manager, events } = await shrunk();
    await manager.streams.update(events, { metadata: { 'troupe-lanes': '4', note: 'of a person' } });
    const client = await connectTo(server);
    await client.request(`${prefix}.evt.order.placed.v1.0`, 'kept');
    await runtimeOf(server, { prefix, topology: 'change' }).start();
    const { config, state } = await manager.streams.info(events);
    expect(config).toMatchObject({
      max_bytes: SMALL_STREAMS.eventsMaxBytes,
      allow_rollup_hdrs: false,
      metadata: { 'troupe-lanes': '4', note: 'of a person' },
    });
    expect(state.messages).toBe(1);
  });

  it('that the broker will not change is refused with what the broker says', async () => {
    const prefix = freshPrefix();
    const { events } = new Names(prefix);
    const manager = await managerOf(server);
    await manager.streams.add({
      name: events,
      subjects: [`${prefix}.evt.>`, `${prefix}.cmd.>`],
      storage: 'memory',
    });
    const started = runtimeOf(server, { prefix, topology: 'change' }).start();
    await expect(started).rejects.toMatchObject({ code: 'TROUPE_TOPOLOGY_MISMATCH' });
    await expect(started).rejects.toThrow(
      /storage is "memory", declared "file".*The broker refuses the change: .*storage/s,
    );
  });
});

describe('an app that may only verify', () => {
  it('is refused by an empty broker, and creates nothing', async () => {
    const prefix = freshPrefix();
    const started = runtimeOf(server, { prefix, topology: 'verify' }).start();
    await expect(started).rejects.toMatchObject({
      code: 'TROUPE_TOPOLOGY_MISSING',
      what: `stream ${prefix}_EVENTS`,
    });
    expect(await streamsOf(await managerOf(server), prefix)).toEqual([]);
  });

  it('is refused without its bucket of crash marks, or with another than is declared', async () => {
    const prefix = freshPrefix();
    const bucket = `KV_${new Names(prefix).crashes('storefront')}`;
    await runtimeOf(server, { prefix, steps }).start();
    const manager = await managerOf(server);
    await manager.streams.update(bucket, { max_bytes: 5 * MIB });
    const verified = (): Promise<void> => runtimeOf(server, { prefix, topology: 'verify', steps }).start();
    await expect(verified()).rejects.toMatchObject({
      differences: [{ what: `stream ${bucket}`, setting: 'max_bytes', inBroker: 5 * MIB, declared: 4 * MIB }],
    });
    await manager.streams.delete(bucket);
    await expect(verified()).rejects.toMatchObject({
      code: 'TROUPE_TOPOLOGY_MISSING',
      what: `stream ${bucket}`,
    });
  });
});

describe('a server whose messages are too small for copies', () => {
  it('is refused, with its limit', async () => {
    const small = await startServer({ maxPayload: 64 * 1024 });
    const started = runtimeOf(small).start();
    await expect(started).rejects.toThrow(`server: max_payload is ${64 * 1024}, declared ${128 * 1024}`);
  });
});

describe('two environments on one broker', () => {
  it('do not see one another, whichever has no prefix', async () => {
    const shared = await startServer();
    const environments = ['', 'staging', 'a', 'a-b'];
    const idle = [stepOf({ on: [ParcelDispatched] })];
    for (const prefix of environments)
      await runtimeOf(shared, { app: 'payments', prefix, steps: idle }).start();
    const client = await connectTo(shared);
    const manager = await managerOf(shared);
    const subjects = [
      'evt.order.placed.v1.0',
      'cmd.item.pick.v1.0',
      'rdv.payments.x.0',
      'dlq.p.s',
      'ntc.alert.p.s',
    ];
    for (const subject of subjects) await client.request(`staging.${subject}`, '');
    for (const prefix of environments) {
      const names = new Names(prefix);
      const counts = await Promise.all(
        [names.events, names.delayed('payments'), names.deadLetters, names.notices].map(
          async (name) => (await manager.streams.info(name)).state.messages,
        ),
      );
      expect(counts, prefix).toEqual(prefix === 'staging' ? [2, 1, 1, 1] : [0, 0, 0, 0]);
    }
  });
});

async function configOf(manager: JetStreamManager, name: string): Promise<StreamInfo['config']> {
  return (await manager.streams.info(name)).config;
}

async function streamsOf(manager: JetStreamManager, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { config } of manager.streams.list()) {
    if (config.name.replace(/^KV_/, '').startsWith(`${prefix}_`)) found.push(config.name);
  }
  return found.sort();
}
