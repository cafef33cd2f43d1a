import { AckPolicy, DeliverPolicy, jetstream } from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Stage } from '../consume/stage.spec.support.ts';
import { connectionTo } from '../dead-letters/surgery.spec.support.ts';
import { Sweeper } from '../dead-letters/sweeper.ts';
import { StreamMissingError } from '../errors.ts';
import { freshPrefix, OrderPlaced, ParcelDispatched, stepOf, until } from '../fixtures.spec.support.ts';
import { Names } from '../naming.ts';
import type { StepDefinition } from '../step.ts';
import { type PruneOptions, type Pruning, prune as pruneAll } from './prune.ts';
import { kept as keptIn, old, pruneOn, STREAMS as streams } from './retained.spec.support.ts';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

/** An environment with an app of these steps. */
async function stageWith(...steps: StepDefinition[]): Promise<Stage> {
  const stage = await Stage.on(server);
  await stage.app(steps, { streams });
  return stage;
}

/** What became of EVENTS. */
async function prune(stage: Stage, options: Partial<PruneOptions> = {}): Promise<Pruning> {
  return (await pruneOn(stage, options)).events;
}

function kept(stage: Stage): Promise<number[]> {
  return keptIn(stage, stage.names.events);
}

/** Takes the next message of a durable, and does not answer it. */
async function hold(stage: Stage, durable: string) {
  const consumer = await jetstream(stage.client).consumers.get(stage.names.events, durable);
  const message = await consumer.next({ expires: 5_000 });
  if (message === null) throw new Error(`nothing for ${durable}`);
  return message;
}

describe('a prune', () => {
  it('purges what is old and settled, and a second one has nothing left to do', async () => {
    const stage = await stageWith(stepOf());
    for (const order of ['1', '2', '3']) await stage.order(order);
    await stage.settled(stage.durable('authorize'));
    await old(stage);
    const { events: stream } = stage.names;
    expect(await prune(stage)).toEqual({ stream, messages: 3, heldBy: [] });
    expect(await kept(stage)).toEqual([]);
    expect(await prune(stage)).toEqual({ stream, messages: 0, heldBy: [] });
    await stage.order('4');
    expect(await kept(stage)).toEqual([4]);
  });

  it('says in a dry run what it would purge, and purges nothing', async () => {
    const stage = await stageWith(stepOf());
    for (const order of ['1', '2']) await stage.order(order);
    await stage.settled(stage.durable('authorize'));
    await old(stage);
    expect(await prune(stage, { dryRun: true })).toMatchObject({ messages: 2 });
    expect(await kept(stage)).toEqual([1, 2]);
  });

  it('keeps what is younger, to the message, across those that were deleted', async () => {
    const stage = await stageWith(stepOf());
    for (const order of ['1', '2', '3', '4']) await stage.order(order);
    await stage.manager.streams.deleteMessage(stage.names.events, 2);
    await stage.manager.streams.deleteMessage(stage.names.events, 3);
    const [, last] = await stage.stored(stage.names.events);
    await until('time passes', () => Date.now() > (last?.time.getTime() ?? 0) + 1_000);
    for (const order of ['5', '6']) await stage.order(order);
    await stage.settled(stage.durable('authorize'));
    const [, , young] = await stage.stored(stage.names.events);
    const age = Date.now() - (young?.time.getTime() ?? 0) + 500;
    expect(await prune(stage, { olderThanMs: age })).toMatchObject({ messages: 2, heldBy: [] });
    expect(await kept(stage)).toEqual([5, 6]);
  });

  it('keeps what is within the duplicate window, however young is asked for', async () => {
    const stage = await Stage.on(server);
    await stage.app([stepOf()], { streams: { ...streams, duplicateWindowMs: 600_000 } });
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    await old(stage);
    expect(await prune(stage)).toMatchObject({ messages: 0, heldBy: [] });
  });

  it('keeps nothing for a step that takes nothing of it', async () => {
    const stage = await stageWith(stepOf(), stepOf({ name: 'pack', on: [ParcelDispatched] }));
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    await old(stage);
    expect(await prune(stage)).toMatchObject({ messages: 1, heldBy: [] });
  });

  it('keeps nothing for a step that begins now, of what was before it', async () => {
    const stage = await stageWith(stepOf());
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    await stage.app([stepOf({ name: 'later', from: 'now' })], { app: 'other', streams });
    await old(stage);
    expect(await prune(stage)).toMatchObject({ messages: 1, heldBy: [] });
  });
});

describe('a prune is held back', () => {
  it('by a message in hand, and all after it', async () => {
    const stage = await stageWith(stepOf());
    let release = (): void => {};
    const busy = new Promise<void>((resolve) => {
      release = resolve;
    });
    await stage.app([stepOf({ name: 'lag', handle: (data) => (idOf(data) === '2' ? busy : undefined) })], {
      app: 'other',
      streams,
    });
    for (const order of ['1', '2', '3']) await stage.order(order);
    const lagging = stage.durable('lag', OrderPlaced, 'other');
    await stage.settled(stage.durable('authorize'));
    await until('only one is in hand', async () => {
      const { ack_floor, num_ack_pending } = await stage.manager.consumers.info(stage.names.events, lagging);
      return ack_floor.stream_seq === 1 && num_ack_pending === 1;
    });
    await old(stage);
    const [, second] = await stage.stored(stage.names.events);
    const { messages, heldBy } = await prune(stage);
    expect(messages).toBe(1);
    expect(heldBy).toEqual([
      {
        reason: 'unsettled',
        consumer: lagging,
        step: 'other__lag',
        from: 2,
        since: second?.time.toISOString(),
        sentence: expect.stringContaining('other__lag has not settled message 2'),
      },
    ]);
    release();
    await stage.settled(lagging);
    expect(await prune(stage)).toMatchObject({ messages: 2, heldBy: [] });
  });

  it('by a step that is down', async () => {
    const stage = await Stage.on(server);
    const app = await stage.app([stepOf()], { streams });
    await app.stop();
    await stage.order('1');
    await old(stage);
    expect(await prune(stage)).toMatchObject({
      messages: 0,
      heldBy: [{ reason: 'unsettled', consumer: stage.durable('authorize'), from: 1 }],
    });
  });

  it('by a durable of somebody else, with several subjects', async () => {
    const stage = await stageWith(stepOf());
    const other = {
      durable_name: 'billing',
      ack_policy: AckPolicy.Explicit,
      deliver_policy: DeliverPolicy.All,
    };
    const filter_subjects = [stage.subjectOf(OrderPlaced), stage.subjectOf(ParcelDispatched)];
    await stage.manager.consumers.add(stage.names.events, { ...other, filter_subjects });
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    const message = await hold(stage, 'billing');
    await old(stage);
    expect(await prune(stage)).toMatchObject({ messages: 0, heldBy: [{ consumer: 'billing', from: 1 }] });
    await message.ackAck();
    expect(await prune(stage)).toMatchObject({ messages: 1, heldBy: [] });
  });

  it('by an expected step without a consumer, altogether', async () => {
    const stage = await stageWith(stepOf());
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    await old(stage);
    const steps = [
      { step: 'shop__authorize', consumes: ['order.placed.v1'] },
      { step: 'mail__notify', consumes: ['order.placed.v1'] },
    ];
    expect(await prune(stage, { steps })).toMatchObject({
      messages: 0,
      heldBy: [
        { reason: 'consumer-missing', consumer: 'mail__notify__order_placed_v1', step: 'mail__notify' },
      ],
    });
    expect(await kept(stage)).toEqual([1]);
  });

  it('by a step whose consumer was deleted, as its manifest beside the others says', async () => {
    const stage = await stageWith(stepOf());
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    await stage.manager.consumers.delete(stage.names.events, stage.durable('authorize'));
    await old(stage);
    expect(await prune(stage)).toMatchObject({
      messages: 0,
      heldBy: [{ reason: 'consumer-missing', step: 'shop__authorize' }],
    });
  });

  it('where no step is known', async () => {
    const stage = await stageWith();
    await stage.order('1');
    await old(stage);
    const nothing = { messages: 0, heldBy: [{ reason: 'nothing-declared' }] };
    expect(await prune(stage)).toMatchObject(nothing);
    expect(await prune(stage, { steps: [] })).toMatchObject(nothing);
  });

  it('by a message that a consumer of others gave up, until it is swept', async () => {
    const stage = await stageWith(stepOf());
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    await stage.manager.consumers.add(stage.names.events, {
      durable_name: 'billing',
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(50),
      max_deliver: 1,
    });
    await hold(stage, 'billing');
    const given = async () =>
      (await stage.stored(stage.names.notices, stage.names.givenUpSubject())).length === 1;
    await until('it is given up', given);
    await old(stage);
    expect((await prune(stage)).heldBy).toMatchObject([{ reason: 'unswept', consumer: 'billing', from: 1 }]);
    const sweeper = await Sweeper.open(connectionTo(server), stage.prefix);
    await sweeper.sweep();
    sweeper.close();
    expect(await prune(stage)).toMatchObject({ messages: 1, heldBy: [] });
  });
});

it('is refused where there are no streams, and for an age that is none', async () => {
  const names = new Names(freshPrefix());
  await expect(pruneAll(connectionTo(server), names, { olderThanMs: 1 })).rejects.toThrow(StreamMissingError);
  for (const olderThanMs of [0, -1, Number.NaN]) {
    await expect(pruneAll(connectionTo(server), names, { olderThanMs })).rejects.toThrow(RangeError);
  }
});

function idOf(data: object): string {
  return (data as OrderPlaced).orderId;
}
