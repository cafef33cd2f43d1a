import { describe, expect, it, onTestFinished } from 'vitest';
import { startCluster } from '../cluster.spec.support.ts';
import { Connection } from '../connection/connection.ts';
import { managerOf, until } from '../fixtures.spec.support.ts';
import { silentLogger } from '../logger.ts';
import { headerBlock, type OutgoingMessage } from './message.ts';
import { Publisher } from './publisher.ts';

describe('a publisher on a cluster', { timeout: 90_000 }, () => {
  it('cannot store without a quorum, and stores what waits, once, when there is one again', async () => {
    const { servers, leader, publisher, stored } = await replicated();
    const others = servers.filter((server) => server !== leader);
    await publisher.publish(message('before'), 20_000);
    await Promise.all(others.map((server) => server.kill()));

    await expect(publisher.publish(message('in vain'), 700)).rejects.toMatchObject({
      code: expect.stringMatching(/^TROUPE_(PUBLISH_TIMEOUT|NO_STREAM|NO_QUORUM)$/),
    });
    const waits = publisher.publish(message('waits'), 60_000);
    await Promise.all(others.map((server) => server.restart()));
    await waits;
    await publisher.publish(message('in vain'), 20_000); // again with its id, as its error says
    expect((await stored()).sort()).toEqual(['before', 'in vain', 'waits']);
  });

  it('stores each message once when the leader of the stream is killed under it', async () => {
    const { leader, publisher, stored } = await replicated();
    const ids = Array.from({ length: 500 }, (_, i) => `${i}`);
    const acks = ids.map((id) => publisher.publish(message(id), 60_000));
    await acks[0];
    await leader.kill();
    await Promise.all(acks);
    expect((await stored()).sort()).toEqual(ids.sort());
  });
});

/** A cluster with a stream of three replicas, and a publisher connected to it. */
async function replicated() {
  const servers = await startCluster();
  const anyServer = servers.map(({ url }) => url).join(',');
  const manager = await managerOf({ url: servers[0]?.url ?? '' });
  await manager.streams.add({ name: 'S', subjects: ['s.>'], discard: 'new', num_replicas: 3 });
  const name = await until(
    'the stream has a leader',
    async () => (await manager.streams.info('S')).cluster?.leader,
  );
  const leader = servers[Number(name.slice(1))];
  if (leader === undefined) throw new Error(`no server is ${name}`);

  const connection = new Connection({ servers: anyServer }, silentLogger);
  onTestFinished(() => connection.close());
  const client = await connection.connected();
  const publisher = new Publisher(client, () => connection.state === 'connected');
  onTestFinished(() => publisher.close());
  const stored = async (): Promise<string[]> => {
    const { state } = await until('the stream answers', async () => {
      try {
        return await (await managerOf({ url: connection.client.getServer() })).streams.info('S');
      } catch {
        return undefined;
      }
    });
    const found: string[] = [];
    const reader = await managerOf({ url: connection.client.getServer() });
    for (let seq = state.first_seq; seq <= state.last_seq; seq++)
      found.push((await reader.streams.getMessage('S', { seq }))?.string() ?? '');
    return found;
  };
  return { servers, leader, publisher, stored };
}

function message(id: string): OutgoingMessage {
  return {
    subject: 's.x',
    messageId: id,
    headers: headerBlock([['Nats-Msg-Id', id]]),
    payload: Buffer.from(id),
  };
}
