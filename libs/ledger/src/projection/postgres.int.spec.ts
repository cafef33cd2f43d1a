import { headers as newHeaders } from '@nats-io/nats-core';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { PostgresNotFoundError, type PostgresServer, startPostgres } from '@troupe/postgres';
import { afterAll, beforeAll, describe, expect, it, type TestContext } from 'vitest';
import { Relay } from '../relay.spec.support.ts';
import { OrderPlaced } from '../shop.spec.support.ts';
import { flowOnce, paying, Stage, shipping, until } from '../stage.spec.support.ts';

let server: NatsServer;
let postgres: PostgresServer | string;
beforeAll(async () => {
  server = await startNatsServer();
  postgres = await startPostgres().catch((error: unknown) => {
    if (error instanceof PostgresNotFoundError) return error.message;
    throw error;
  });
});
afterAll(async () => {
  await server.stop();
  if (typeof postgres !== 'string') await postgres.stop();
});

/** A shop, and a database for its ledgers. */
async function shopOf(context: TestContext) {
  if (typeof postgres === 'string') return context.skip(postgres);
  const stage = await Stage.on(server);
  await postgres.createDatabase(stage.prefix);
  const store = postgres.urlOf(stage.prefix);
  const shop = await stage.app('storefront', []);
  const place = (orderId: string) => shop.producer.send(OrderPlaced, { orderId });
  const open = (servers = server.url) => stage.ledger({ store, connection: { servers } });
  return { stage, place, open };
}

describe('a ledger in PostgreSQL', () => {
  it('goes on where it ended', async (context) => {
    const { stage, place, open } = await shopOf(context);
    const ledger = await open();
    await stage.app('payments', [paying()]);
    await stage.app('shipping', [shipping()]);
    await place('o-1');
    await flowOnce(ledger, 'o-1', 'it is completed', ({ state }) => state === 'completed');
    await ledger.close();
    await flowOnce(await open(), 'o-1', 'it still is', ({ state }) => state === 'completed');
  });

  it('says of a queue how long it is, whosever shares its messages are', async (context) => {
    const { stage, place, open } = await shopOf(context);
    const ledgers = [await open(), await open()];
    const leaving = await stage.app('payments', [paying(() => new Promise(() => {}))]);
    await leaving.stop(0);
    for (let n = 1; n <= 30; n++) await place(`o-${n}`);
    for (const ledger of ledgers)
      await flowOnce(ledger, 'o-30', 'its place is known', ({ roots }) => {
        const [settlement] = roots[0]?.steps.map((step) => step.settlement) ?? [];
        return settlement?.state === 'waiting' && settlement.position === 30;
      });
  });

  it('begins anew with all others when the streams were made anew', async (context) => {
    const { stage, place, open } = await shopOf(context);
    const ledgers = [await open(), await open()];
    await place('old');
    for (const ledger of ledgers) await flowOnce(ledger, 'old', 'it is known', () => true);
    const { config } = await stage.manager.streams.info(stage.names.events);
    await stage.manager.streams.delete(stage.names.events);
    await stage.manager.streams.add(config);
    for (let n = 0; n < 20; n++) await place(`new-${n}`);
    for (const ledger of ledgers) {
      for (let n = 0; n < 20; n++) await flowOnce(ledger, `new-${n}`, 'it is known', () => true);
      await until('the old one is not', async () => (await ledger.where('old')).flows.length === 0);
      expect((await ledger.flows()).flows).toHaveLength(20);
    }
  });

  it('is gone on with by others when the eldest is cut off from the broker, and the eldest knows it', async (context) => {
    const { stage, place, open } = await shopOf(context);
    const relay = await Relay.to(server.url);
    const eldest = await open(relay.url);
    await until('it leads', () => eldest.freshness().asOf > 0);
    const other = await open();
    await stage.app('payments', [paying()]);
    await stage.app('shipping', [shipping()]);
    relay.cut();
    await place('o-1');
    for (const ledger of [other, eldest])
      await flowOnce(ledger, 'o-1', 'it is completed', ({ state }) => state === 'completed');
    expect(other.freshness().problem).toBeUndefined();
    expect(eldest.freshness().problem).toBe(
      'The ledger is cut off from the broker; it knows what others find.',
    );
    relay.mend();
    await until('all is well', () => eldest.freshness().problem === undefined);
    await other.close();
    await place('o-2');
    await flowOnce(eldest, 'o-2', 'it is completed', ({ state }) => state === 'completed');
  });

  it('takes texts that no database keeps as they are', async (context) => {
    const { stage, place, open } = await shopOf(context);
    const ledger = await open();
    await place('nul\u0000in-it');
    const headers = newHeaders();
    const said = { specversion: '1.0', id: 'a%00b', source: '/fo%00reign', type: 'order.placed.v1' };
    for (const [name, value] of Object.entries(said)) headers.set(`ce-${name}`, value);
    await stage.client.request(`${stage.prefix}.evt.order.placed.v1.0`, '{}', { headers, timeout: 5_000 });
    await place('after');
    await flowOnce(ledger, 'after', 'it is known', () => true);
    await flowOnce(ledger, 'a\uFFFDb', 'the message is', () => true);
    await flowOnce(ledger, 'nul\u0000in-it', 'the order is', () => true);
  });

  it('is read by all who opened it before it had any tables', async (context) => {
    const { place, open } = await shopOf(context);
    const ledgers = await Promise.all([open(), open(), open()]);
    for (let n = 0; n < 20; n++) await place(`o-${n}`);
    for (const ledger of ledgers)
      for (let n = 0; n < 20; n++) await flowOnce(ledger, `o-${n}`, 'it is known', () => true);
  });
});
