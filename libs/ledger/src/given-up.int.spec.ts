import { AckPolicy, jetstream } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { Connection, Sweeper, silentLogger } from '@troupe/jetstream';
import { expect, it, onTestFinished } from 'vitest';
import type { Flow } from './model/flow.ts';
import { OrderPlaced, SHOP } from './shop.spec.support.ts';
import { flowOnce, paying, Stage, settlementIn, startServer, until } from './stage.spec.support.ts';

const undeclared = { ...SHOP, apps: [] };

/** A consumer of somebody else's that takes what there is, and never answers. */
async function givingUp(stage: Stage, consumer: string): Promise<void> {
  const { events, notices } = stage.names;
  await stage.manager.consumers.add(events, {
    durable_name: consumer,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(50),
    max_deliver: 2,
  });
  const pulled = await jetstream(stage.client).consumers.get(events, consumer);
  const taking = async () => {
    for await (const _ of await pulled.fetch({ max_messages: 1, expires: 1_000 }));
    const subjects = `$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.${events}.${consumer}`;
    const { state } = await stage.manager.streams.info(notices, { subjects_filter: subjects });
    return Object.keys(state.subjects ?? {}).length > 0;
  };
  await until('it is given up', taking);
}

async function sweep(stage: Stage): Promise<void> {
  const connection = new Connection({ servers: stage.server.url }, silentLogger);
  onTestFinished(() => connection.close());
  await connection.connected();
  const sweeper = await Sweeper.open(connection, stage.prefix);
  onTestFinished(() => sweeper.close());
  expect(await sweeper.sweep()).toMatchObject({ swept: 1 });
}

const isFailed = ({ state }: Flow): boolean => state === 'failed';

it('what a consumer that is no step gave up is set aside, before and after a sweep makes a letter of it', async () => {
  const stage = await Stage.on(await startServer());
  const ledger = await stage.ledger({ choreography: undeclared });
  const shop = await stage.app('storefront', []);
  await stage.app('payments', [paying(() => undefined)]);
  await shop.producer.send(OrderPlaced, { orderId: 'o-1' });
  await flowOnce(ledger, 'o-1', 'it is completed', ({ state }) => state === 'completed');
  const listed = async (state: 'completed' | 'failed') => (await ledger.flows({ state })).flows.length;
  await until('it is noted', async () => (await listed('completed')) === 1);

  await givingUp(stage, 'Audit');
  const failed = await flowOnce(ledger, 'o-1', 'it failed', isFailed);
  expect(settlementIn(failed, 'payments__authorize')?.state).toBe('done');
  expect(settlementIn(failed, 'foreign__Audit')).toMatchObject({
    state: 'dead-lettered',
    reason: 'max-deliveries',
    letter: undefined,
    error: 'Audit gave it up after 2 deliveries; it is no dead letter before a sweep',
  });
  expect(failed.sentence).toMatch(/^Order o-1 failed: foreign__Audit set order\.placed\.v1 aside: max-deliv/);
  expect(failed.roots[0]?.steps.find(({ step }) => step === 'foreign__Audit')?.app).toBe('foreign');
  await until('it is listed', async () => (await listed('failed')) === 1);
  expect(await listed('completed')).toBe(0);

  await sweep(stage);
  const isLetter = (flow: Flow): boolean => {
    const settlement = settlementIn(flow, 'foreign__Audit');
    return settlement?.state === 'dead-lettered' && settlement.letter === 1;
  };
  const swept = await flowOnce(ledger, 'o-1', 'it is a letter', isLetter);
  expect(swept.roots[0]?.steps).toHaveLength(2);
});

it('what a consumer with a step’s name gave up is that step’s', async () => {
  const stage = await Stage.on(await startServer());
  const ledger = await stage.ledger();
  const shop = await stage.app('storefront', []);
  await shop.producer.send(OrderPlaced, { orderId: 'o-1' });
  await givingUp(stage, 'payments__authorize__order_placed_v1');
  const failed = await flowOnce(ledger, 'o-1', 'it failed', isFailed);
  expect(failed.roots[0]?.steps.map(({ step, settlement }) => [step, settlement.state])).toEqual([
    ['payments__authorize', 'dead-lettered'],
  ]);
});
