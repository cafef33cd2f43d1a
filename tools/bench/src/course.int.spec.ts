import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainNames } from './chain.ts';
import { startTroupe } from './chains/troupe.ts';
import { startTuned } from './chains/tuned.ts';
import { Course } from './course.ts';
import { BenchError } from './errors.ts';
import { OrderDesk } from './orders.ts';
import { mirrorTopology } from './topology.ts';

describe('the course of a chain', () => {
  let server: NatsServer;
  let client: NatsConnection;
  let manager: JetStreamManager;

  beforeAll(async () => {
    server = await startNatsServer();
    client = await connect({ servers: server.url });
    manager = await jetstreamManager(client);
    await (await startTroupe(server.url)).stop();
    await mirrorTopology(manager, 'tuned');
  });

  afterAll(async () => {
    await client?.close();
    await server?.stop();
  });

  it('gives a bare loop the settings that the runtime has', async () => {
    const ours = await manager.streams.info(chainNames('troupe').stream);
    const theirs = await manager.streams.info(chainNames('tuned').stream);
    const { name: _ours, subjects: _oursToo, ...settings } = ours.config;
    expect(theirs.config).toMatchObject(settings);
    for (const { durable } of chainNames('tuned').hops) {
      const model = await manager.consumers.info(chainNames('troupe').stream, durable);
      const { config } = await manager.consumers.info(chainNames('tuned').stream, durable);
      expect(config).toEqual({ ...model.config, filter_subject: config.filter_subject });
    }
  });

  it('is finished when every order has passed every step, for each kind of chain', async () => {
    for (const [variant, startChain] of [
      ['troupe', startTroupe],
      ['tuned', startTuned],
    ] as const) {
      const course = new Course(manager, variant);
      await new OrderDesk(client, variant).placeMany(100);
      const chain = await startChain(server.url);
      await course.finished(100);
      await chain.stop();
      const { state } = await manager.streams.info(chainNames(variant).stream);
      expect(state.messages).toBe(400);
    }
  });

  it('refuses a chain that emitted another number of messages', async () => {
    const { stream, last } = chainNames('tuned');
    await manager.streams.purge(stream);
    await client.request(`${last}.0`, '{}');
    await client.request(`${last}.0`, '{}');
    await client.request(`${last}.0`, '{}');
    await client.request(`${last}.0`, '{}');
    await expect(new Course(manager, 'tuned').finished(1)).rejects.toThrow(BenchError);
  });
});
