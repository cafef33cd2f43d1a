import { AckPolicy, DeliverPolicy, jetstream } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../consume/stage.spec.support.ts';
import { AUTHOR, Surgery } from '../dead-letters/surgery.spec.support.ts';
import { OrderPlaced, startServer, stepOf, until } from '../fixtures.spec.support.ts';
import type { StepDefinition } from '../step.ts';
import { kept, old, pruneOn, STREAMS } from './retained.spec.support.ts';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

const NOTHING = { messages: 0, heldBy: [] };

async function stageWith(...steps: StepDefinition[]): Promise<Stage> {
  const stage = await Stage.on(server);
  await stage.app(steps, { streams: STREAMS });
  return stage;
}

/** Puts an order back to one step of the shop. */
function again(stage: Stage, step: string, orderId: string): Promise<number> {
  const attributes = { 'ce-specversion': '1.0', 'ce-id': orderId, 'ce-source': '/foreign' };
  const headers = { ...attributes, 'ce-type': 'order.placed.v1' };
  const subject = `${stage.names.redriveSubject('shop', step)}.0`;
  return stage.put(subject, headers, JSON.stringify({ orderId }));
}

/** A step that is at one order until it is told. */
function lagging(name: string, order: string) {
  let release = (): void => {};
  const busy = new Promise<void>((resolve) => {
    release = resolve;
  });
  const handle = (data: object) => ((data as OrderPlaced).orderId === order ? busy : undefined);
  return { step: stepOf({ name, handle }), release: () => release() };
}

function delayedOf(stage: Stage): Promise<number[]> {
  return kept(stage, stage.names.delayed('shop'));
}

async function settled(stage: Stage, step: string): Promise<void> {
  await stage.settled(`shop__${step}`, stage.names.delayed('shop'));
}

describe('a prune of what came back', () => {
  it('purges what its step settled, and no schedule', async () => {
    const surgery = await Surgery.on(server, {}, STREAMS);
    const { stage } = surgery;
    await surgery.deadLetter('1', '2');
    surgery.broken = false;
    await surgery.letters.redrive({ filter: {} }, AUTHOR);
    const schedule = await stage.put(
      stage.names.scheduleSubject('shop', 'later'),
      {
        'Nats-Schedule': `@at ${new Date(Date.now() + 3_600_000).toISOString()}`,
        'Nats-Schedule-Target': `${stage.names.redriveSubject('shop', 'authorize')}.0`,
      },
      '',
    );
    await old(stage);
    expect((await pruneOn(stage, { dryRun: true })).delayed).toMatchObject({ messages: 2, heldBy: [] });
    expect(await delayedOf(stage)).toEqual([1, 2, schedule]);
    expect((await pruneOn(stage)).delayed).toMatchObject({ messages: 2, heldBy: [] });
    expect(await delayedOf(stage)).toEqual([schedule]);
    expect((await pruneOn(stage)).delayed).toMatchObject(NOTHING);
  });

  it('keeps what a step is at and all of its own after it, and purges what is of another step', async () => {
    const lag = lagging('lag', '2');
    const stage = await stageWith(stepOf(), lag.step);
    await again(stage, 'lag', '1');
    const inHand = await again(stage, 'lag', '2');
    await again(stage, 'authorize', '3');
    const behind = await again(stage, 'lag', '4');
    await settled(stage, 'authorize');
    await until('only one is in hand', async () => {
      const { ack_floor, num_ack_pending } = await stage.manager.consumers.info(
        stage.names.delayed('shop'),
        'shop__lag',
      );
      return ack_floor.stream_seq === 1 && num_ack_pending === 1;
    });
    await old(stage);
    const held = {
      messages: 2,
      heldBy: [{ reason: 'unsettled', consumer: 'shop__lag', step: 'shop__lag', from: inHand }],
    };
    expect((await pruneOn(stage, { dryRun: true })).delayed).toMatchObject(held);
    expect((await pruneOn(stage)).delayed).toMatchObject(held);
    expect(await delayedOf(stage)).toEqual([inHand, behind]);
    lag.release();
    await settled(stage, 'lag');
    expect((await pruneOn(stage)).delayed).toMatchObject({ messages: 2, heldBy: [] });
  });

  it('keeps what is for a step that is down, or has no consumer', async () => {
    const stage = await Stage.on(server);
    const app = await stage.app([stepOf()], { streams: STREAMS });
    await app.stop();
    const sequences = [await again(stage, 'authorize', '1'), await again(stage, 'gone', '2')];
    await old(stage);
    expect((await pruneOn(stage)).delayed).toMatchObject({
      messages: 0,
      heldBy: [
        { reason: 'unsettled', step: 'shop__authorize', from: 1 },
        { reason: 'consumer-missing', step: 'shop__gone', from: 2 },
      ],
    });
    expect(await delayedOf(stage)).toEqual(sequences);
  });

  it('keeps what a consumer of others has not settled', async () => {
    const stage = await stageWith(stepOf());
    const stream = stage.names.delayed('shop');
    await stage.manager.consumers.add(stream, {
      durable_name: 'audit',
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
    });
    await again(stage, 'authorize', '1');
    await settled(stage, 'authorize');
    await old(stage);
    expect((await pruneOn(stage)).delayed).toMatchObject({
      messages: 0,
      heldBy: [{ reason: 'unsettled', consumer: 'audit', from: 1 }],
    });
    const message = await (await jetstream(stage.client).consumers.get(stream, 'audit')).next();
    await message?.ackAck();
    expect((await pruneOn(stage)).delayed).toMatchObject({ messages: 1, heldBy: [] });
  });

  it('takes for no taker what only reads', async () => {
    const stage = await stageWith(stepOf());
    const stream = stage.names.delayed('shop');
    await again(stage, 'gone', '1');
    const reader = await stage.manager.consumers.add(stream, {
      filter_subject: `${stage.names.redriveSubject('shop', 'gone')}.*`,
      ack_policy: AckPolicy.None,
      inactive_threshold: nanos(60_000),
    });
    await (await jetstream(stage.client).consumers.get(stream, reader.name)).next();
    await old(stage);
    expect((await pruneOn(stage)).delayed).toMatchObject({
      messages: 0,
      heldBy: [{ reason: 'consumer-missing', step: 'shop__gone' }],
    });
  });

  it('keeps what is younger than the oldest message that EVENTS has left', async () => {
    const lag = lagging('lag', '1');
    const stage = await stageWith(stepOf(), lag.step);
    await stage.order('1');
    await again(stage, 'authorize', '1');
    await settled(stage, 'authorize');
    await stage.settled(stage.durable('authorize'));
    await old(stage);
    const { events, delayed } = await pruneOn(stage);
    expect(events).toMatchObject({ messages: 0, heldBy: [{ step: 'shop__lag' }] });
    expect(delayed).toMatchObject(NOTHING);
    expect(await delayedOf(stage)).toEqual([1]);
    lag.release();
    await stage.settled(stage.durable('lag'));
    expect((await pruneOn(stage)).delayed).toMatchObject({ messages: 1, heldBy: [] });
  });

  it('keeps what a redrive sent that can be resumed, until it is done', async () => {
    const surgery = await Surgery.on(server, {}, STREAMS);
    const { stage, letters } = surgery;
    await surgery.deadLetter('1', '2', '3');
    surgery.broken = false;
    const stop = new AbortController();
    const paused = await letters.redrive(
      { filter: {} },
      { ...AUTHOR, canary: [1], signal: stop.signal, onProgress: () => stop.abort() },
    );
    expect(paused).toMatchObject({ state: 'paused', counts: { done: 1 } });
    await settled(stage, 'authorize');
    await old(stage);
    expect((await pruneOn(stage)).delayed).toMatchObject({
      messages: 0,
      heldBy: [{ reason: 'redrive-unfinished', from: 1, since: paused.startedAt }],
    });
    expect(await letters.resume(paused.id)).toMatchObject({ state: 'done', counts: { done: 3 } });
    await old(stage);
    expect((await pruneOn(stage)).delayed).toMatchObject({ messages: 3, heldBy: [] });
    expect(surgery.authorized).toEqual(['1', '2', '3', '1', '2', '3']);
  });
});

it('is done again after a broker that forgot it in a crash, and loses nothing that waits', async () => {
  const own = await startServer();
  const stage = await Stage.on(own);
  const app = await stage.app([stepOf()], { streams: STREAMS });
  for (const order of ['1', '2', '3']) await again(stage, 'authorize', order);
  await settled(stage, 'authorize');
  await app.stop();
  const waiting = await again(stage, 'authorize', '4');
  await old(stage);
  expect((await pruneOn(stage)).delayed).toMatchObject({ messages: 3 });
  await own.kill();
  await own.restart();
  await pruneOn(stage);
  expect(await delayedOf(stage)).toEqual([waiting]);
});
