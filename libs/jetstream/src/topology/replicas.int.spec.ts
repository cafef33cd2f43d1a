import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsServer } from '@troupe/broker';
import { describe, expect, it } from 'vitest';
import { startCluster } from '../cluster.spec.support.ts';
import {
  freshPrefix,
  managerOf,
  runtimeOf,
  SMALL_STREAMS,
  startServer,
  stepOf,
  until,
} from '../fixtures.spec.support.ts';
import type { TopologyMode } from './ensure.ts';

describe('what an app creates in a cluster', { timeout: 90_000 }, () => {
  it('has as many replicas as the app says, the consumers too', async () => {
    const [server] = await startCluster();
    const prefix = freshPrefix();
    await started(server, prefix, 3);
    const found = await replicasIn(await managerOf(server as NatsServer), prefix);
    expect(Object.keys(found)).toHaveLength(7); // EVENTS, DEAD_LETTERS, NOTICES, DELAYED_, its marks, two consumers
    expect(new Set(Object.values(found))).toEqual(new Set([3]));
  });

  it('is refused with another number, unless the app may change it', async () => {
    const [server] = await startCluster();
    const prefix = freshPrefix();
    await started(server, prefix, 1);
    const manager = await managerOf(server as NatsServer);
    const before = await replicasIn(manager, prefix);
    expect(new Set(Object.values(before))).toEqual(new Set([1]));

    const refused = started(server, prefix, 3);
    await expect(refused).rejects.toMatchObject({ code: 'TROUPE_TOPOLOGY_MISMATCH' });
    await expect(refused).rejects.toThrow(`stream ${prefix}_EVENTS: num_replicas is 1, declared 3`);
    await expect(refused).rejects.toThrow('TROUPE_TOPOLOGY=change');
    expect(await replicasIn(manager, prefix)).toEqual(before);

    await started(server, prefix, 3, 'change');
    const after = await replicasIn(manager, prefix);
    expect(Object.keys(after)).toEqual(Object.keys(before));
    expect(new Set(Object.values(after))).toEqual(new Set([3]));

    await started(server, prefix, 1, 'change');
    expect(await replicasIn(manager, prefix)).toEqual(before);
  });
});

describe('a cluster of fewer servers than there are to be replicas', { timeout: 90_000 }, () => {
  it('is waited for, and the app says so', async () => {
    const [server] = await startCluster();
    if (server === undefined) throw new Error('there is no server');
    const streams = { ...SMALL_STREAMS, replicas: 5 };
    const runtime = runtimeOf(server, { prefix: freshPrefix(), streams });
    const starting = runtime.start();
    await until('it says so', () => /no suitable peers/.test(runtime.status().problems.join()));
    await runtime.stop();
    await starting;
  });
});

describe('a broker that is no cluster', () => {
  it('is refused when it is to keep replicas, with what it says to that', async () => {
    const server = await startServer();
    const prefix = freshPrefix();
    const refused = started(server, prefix, 3);
    await expect(refused).rejects.toMatchObject({
      code: 'TROUPE_TOPOLOGY_MISMATCH',
      differences: [{ what: `stream ${prefix}_EVENTS`, setting: 'num_replicas', inBroker: 1, declared: 3 }],
    });
    await expect(refused).rejects.toThrow(/The broker refuses the change: .*non-clustered/);
  });

  it('is refused, too, when it may be changed', async () => {
    const server = await startServer();
    const prefix = freshPrefix();
    await started(server, prefix, 1);
    await expect(started(server, prefix, 3, 'change')).rejects.toThrow(
      /num_replicas is 1, declared 3\n.*The broker refuses the change: .*non-clustered/s,
    );
  });
});

function started(
  server: NatsServer | undefined,
  prefix: string,
  replicas: number,
  topology: TopologyMode = 'create',
): Promise<void> {
  if (server === undefined) throw new Error('there is no server');
  const streams = { ...SMALL_STREAMS, replicas };
  return runtimeOf(server, { prefix, topology, streams, steps: [stepOf()] }).start();
}

/** Of every stream and consumer of the environment, by its name. */
async function replicasIn(manager: JetStreamManager, prefix: string): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for await (const { config } of manager.streams.list()) {
    if (!config.name.replace(/^KV_/, '').startsWith(`${prefix}_`)) continue;
    found[config.name] = config.num_replicas;
    for await (const consumer of manager.consumers.list(config.name))
      found[`${config.name} ${consumer.name}`] = consumer.config.num_replicas ?? 0;
  }
  return found;
}
