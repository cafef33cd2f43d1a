import { AckPolicy, jetstream } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { Stage } from '../consume/stage.spec.support.ts';
import { freshPrefix, SMALL_STREAMS, until } from '../fixtures.spec.support.ts';
import { DeadLettersMissingError } from './errors.ts';
import { all, connectionTo, lettersOf } from './surgery.spec.support.ts';
import { Sweeper } from './sweeper.ts';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

/** An environment where a consumer of somebody else gave up messages of these ids. */
async function givenUp(consumer: string, ...orders: string[]): Promise<Stage> {
  const stage = await Stage.on(server);
  await stage.app([], { streams: { ...SMALL_STREAMS, duplicateWindowMs: 100 } });
  await giveUp(stage, consumer, ...orders);
  return stage;
}

async function giveUp(stage: Stage, consumer: string, ...orders: string[]): Promise<void> {
  for (const order of orders) await stage.order(order, { 'x-own': 'kept', 'ce-correlationid': 'flow' });
  await stage.manager.consumers.add(stage.names.events, {
    durable_name: consumer,
    ack_policy: AckPolicy.Explicit,
    ack_wait: nanos(50),
    max_deliver: 2,
  });
  const pulled = await jetstream(stage.client).consumers.get(stage.names.events, consumer);
  const before = await advisories(stage);
  await until('they are given up', async () => {
    const batch = await pulled.fetch({ max_messages: 10, expires: 1_000 });
    const read = (async () => {
      for await (const _ of batch); // never acknowledged
    })();
    await read;
    return (await advisories(stage)) >= before + orders.length;
  });
}

async function advisories(stage: Stage): Promise<number> {
  return (await stage.stored(stage.names.notices, '$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>')).length;
}

async function sweeperOn(stage: Stage): Promise<Sweeper> {
  const sweeper = await Sweeper.open(connectionTo(server), stage.prefix);
  onTestFinished(() => sweeper.close());
  return sweeper;
}

describe('a sweep', () => {
  it('makes full dead letters of what consumers of others gave up', async () => {
    const stage = await givenUp('billing', '1');
    expect(await (await sweeperOn(stage)).sweep()).toEqual({ swept: 1, known: 0, gone: 0 });
    const [stored] = await stage.deadLetters();
    expect(stored?.json()).toEqual({ orderId: '1' });
    expect(stored?.header.get('x-own')).toBe('kept');
    const [letter] = await all((await lettersOf(server, stage.prefix)).list());
    expect(letter).toMatchObject({
      app: 'foreign',
      step: 'billing',
      consumer: 'billing',
      reason: 'max-deliveries',
      error: { type: 'TROUPE_MAX_DELIVERIES' },
      event: { id: '1', type: 'order.placed.v1' },
      flowId: 'flow',
      original: { stream: stage.names.events, seq: 1 },
      deliveries: 2,
    });
  });

  it('knows the step of a consumer that keeps to the names of the platform', async () => {
    const stage = await givenUp('carrier__collect__order_placed_v1', '1');
    await (await sweeperOn(stage)).sweep();
    const [stored] = await stage.deadLetters();
    expect(stored?.subject).toBe(stage.names.deadLetterSubject('carrier', 'collect'));
  });

  it('goes on where the last one ended, and makes no letter twice, even when it forgot all it knew', async () => {
    const stage = await givenUp('billing', '1', '2');
    await (await sweeperOn(stage)).sweep();
    expect(await (await sweeperOn(stage)).sweep()).toEqual({ swept: 0, known: 0, gone: 0 });
    await stage.manager.consumers.delete(stage.names.notices, 'dead-letter-sweeper');
    expect(await (await sweeperOn(stage)).sweep()).toEqual({ swept: 0, known: 2, gone: 0 });
    expect(await stage.deadLetters()).toHaveLength(2);
  });

  it('by two at once makes each letter once', async () => {
    const stage = await givenUp('billing', '1', '2', '3');
    const sweepers = [await sweeperOn(stage), await sweeperOn(stage)];
    const reports = await Promise.all(sweepers.map((sweeper) => sweeper.sweep()));
    expect(reports.reduce((sum, { swept }) => sum + swept, 0)).toBe(3);
    expect(await stage.deadLetters()).toHaveLength(3);
  });

  it('counts what its stream no longer has', async () => {
    const stage = await givenUp('billing', '1', '2');
    await stage.manager.streams.deleteMessage(stage.names.events, 1);
    expect(await (await sweeperOn(stage)).sweep()).toEqual({ swept: 1, known: 0, gone: 1 });
    expect(await stage.deadLetters()).toHaveLength(1);
  });

  it('that watches takes what comes, until it is told to end', async () => {
    const stage = await givenUp('billing', '1');
    const stop = new AbortController();
    const watching = (await sweeperOn(stage)).sweep({ watch: true, signal: stop.signal });
    await until('the first is swept', async () => (await stage.deadLetters()).length === 1);
    await giveUp(stage, 'reports', '2');
    await until('the others are swept', async () => (await stage.deadLetters()).length === 3);
    stop.abort();
    expect(await watching).toMatchObject({ swept: 3 });
  });

  it('of an environment without notices is refused', async () => {
    await expect(Sweeper.open(connectionTo(server), freshPrefix())).rejects.toThrow(DeadLettersMissingError);
  });
});
