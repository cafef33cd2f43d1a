import type { StreamInfo } from '@nats-io/jetstream';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type OrderPlaced, stepOf, until } from '../fixtures.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

let server: NatsServer;
let stage: Stage;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

beforeEach(async () => {
  stage = await Stage.on(server);
});

describe('marks that cannot be kept', () => {
  it.each([
    ['read', async (config: StreamInfo['config']) => void (await stage.manager.streams.delete(config.name))],
    [
      'written',
      async (config: StreamInfo['config']) =>
        void (await stage.manager.streams.update(config.name, { ...config, max_bytes: 1 })),
    ],
  ])(
    '(not %s) have the message handed back as an outage, never handled, until they can',
    async (what, takeAway) => {
      const handled: string[] = [];
      let finish = () => {};
      const finished = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const handle = async (order: object) => {
        handled.push((order as OrderPlaced).orderId);
        if ((order as OrderPlaced).orderId === 'first') await finished;
      };
      const app = await stage.app([stepOf({ concurrency: 1, handle })]);
      await stage.order('first');
      await until('it is handled', () => handled.length === 1);
      await stage.order('suspect');
      await handedOutAgain();
      await app.connection.client.flush(); // what was sent to it before is read
      const { config } = await stage.manager.streams.info(`KV_${stage.names.crashes('shop')}`);
      await takeAway(config);
      finish();
      await until('the outage is told', async () => (await stage.notices('outage')).length > 0);
      expect((await stage.notices('outage'))[0]).toMatchObject({ reason: 'crash-mark-unavailable' });
      expect(handled).toEqual(['first']);
      await stage.order('another');
      await until('a first delivery needs no mark', () => handled.includes('another'));
      if (what === 'read') await stage.manager.streams.add(config);
      else await stage.manager.streams.update(config.name, config);
      await stage.settled(stage.durable('authorize'));
      expect(handled).toEqual(['first', 'another', 'suspect']);
      expect(await stage.deadLetters()).toEqual([]);
    },
  );
});

/** Has the broker hand out a second time what it delivered last, as if somebody had said nak in the step's place. */
async function handedOutAgain(): Promise<void> {
  const durable = stage.durable('authorize');
  const info = () => stage.manager.consumers.info(stage.names.events, durable);
  const { delivered } = await until('it is handed out', async () => {
    const found = await info();
    return found.delivered.consumer_seq === 2 ? found : undefined;
  });
  const { stream_seq, consumer_seq } = delivered;
  const reply = `$JS.ACK.${stage.names.events}.${durable}.1.${stream_seq}.${consumer_seq}.${Date.now()}000000.0`;
  stage.client.publish(reply, '-NAK');
  await until('it is handed out again', async () => (await info()).delivered.consumer_seq === 3);
}
