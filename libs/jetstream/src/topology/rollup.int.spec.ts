import { headers } from '@nats-io/nats-core';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectTo, freshPrefix, managerOf, runtimeOf } from '../fixtures.spec.support.ts';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

describe('a rollup or a schedule', () => {
  it.each([
    ['EVENTS', 'evt.order.placed.v1.0'],
    ['DEAD_LETTERS', 'dlq.payments.authorize'],
    ['NOTICES', 'ntc.alert.payments.authorize'],
  ])('is refused by %s, which keeps what it holds', async (stream, subject) => {
    const prefix = freshPrefix();
    await runtimeOf(server, { prefix }).start();
    const manager = await managerOf(server);
    const client = await connectTo(server);
    const publish = async (...header: [string, string][]): Promise<unknown> => {
      const block = headers();
      for (const [name, value] of header) block.set(name, value);
      return (await client.request(`${prefix}.${subject}`, 'x', { headers: block, timeout: 5_000 })).json();
    };
    await publish();
    await publish();
    for (const attack of [
      [['Nats-Rollup', 'all']],
      [['Nats-Rollup', 'sub']],
      [
        ['Nats-Schedule', '@at 2030-01-01T00:00:00Z'],
        ['Nats-Schedule-Target', `${prefix}.${subject}`],
      ],
    ] as [string, string][][]) {
      expect(await publish(...attack)).toMatchObject({
        error: { description: expect.stringMatching(/rollup|schedules/) },
      });
    }
    expect((await manager.streams.info(`${prefix}_${stream}`)).state.messages).toBe(2);
  });
});
