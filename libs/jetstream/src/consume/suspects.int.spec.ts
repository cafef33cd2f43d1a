import { setTimeout as delay } from 'node:timers/promises';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AUTHOR, lettersOf } from '../dead-letters/surgery.spec.support.ts';
import { OrderPlaced, PaymentAuthorized, SMALL_STREAMS, stepOf, until } from '../fixtures.spec.support.ts';
import { next, type StepContext } from '../step.ts';
import { Stage } from './stage.spec.support.ts';

let server: NatsServer;
let stage: Stage;
/** Deaths that every mark which was written says. */
let marks: number[];

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

beforeEach(async () => {
  stage = await Stage.on(server);
  const written: number[] = [];
  marks = written;
  stage.client.subscribe(`$KV.${bucket()}.>`, {
    callback: (_error, message) => void written.push(message.json<{ deaths: number }>().deaths),
  });
  await stage.client.flush();
});

const emits = [PaymentAuthorized];
const bucket = (): string => stage.names.crashes('shop');
const orderOf = (order: object): string => (order as OrderPlaced).orderId;
const marked = async (): Promise<number> =>
  (await stage.manager.streams.info(`KV_${bucket()}`)).state.messages;
const seen = (handled: string[]) => (order: object) => {
  handled.push(orderOf(order));
};

/** Marks an order as a process would that died with it. */
async function markAs(deaths: number, seq: number): Promise<void> {
  const stored = await stage.manager.streams.getMessage(stage.names.events, { seq });
  const key = `${stage.durable('authorize')}.${seq}.${stored?.time.getTime()}`;
  await stage.client.request(`$KV.${bucket()}.${key}`, JSON.stringify({ deaths }));
  await until('it is seen', () => marks.includes(deaths));
  marks.length = 0;
}

describe('a message that was delivered before', () => {
  it('without a mark is marked while it is handled, and not alone', async () => {
    await stage.handedBack('1', '2');
    const running = new Set<string>();
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const handle = (order: object) => {
      running.add(orderOf(order));
      return finished;
    };
    await stage.app([stepOf({ handle })]);
    await until('both run at once', () => running.size === 2);
    expect(marks).toEqual([1, 1]);
    expect(await marked()).toBe(2);
    finish();
    await stage.settled(stage.durable('authorize'));
    await until('the marks are gone', async () => (await marked()) === 0);
  });

  it('for the first time is not marked at all, nor when the failure is this instance’s own', async () => {
    const attempts: number[] = [];
    const handle = (_order: object, { attempt }: StepContext) => {
      if (attempts.push(attempt) < 3) throw new Error('no');
    };
    await stage.app([stepOf({ handle, retry: { initialDelayMs: 1 } })]);
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    expect(attempts).toEqual([1, 2, 3]);
    await stage.client.flush();
    expect(marks).toEqual([]);
  });

  it('with a mark is handled alone in the whole app, and counts one death more meanwhile', async () => {
    const [suspect = 0] = await stage.handedBack('suspect');
    await markAs(1, suspect);
    const running = new Set<string>();
    const together: string[][] = [];
    const busy = (step: string) => async (order: object) => {
      const name = `${step} ${orderOf(order)}`;
      running.add(name);
      together.push([...running]);
      await delay(10);
      running.delete(name);
    };
    for (let n = 0; n < 200; n++) await stage.order(`${n}`);
    await stage.app([
      stepOf({ concurrency: 4, handle: busy('authorize') }),
      stepOf({ name: 'other', concurrency: 4, handle: busy('other') }),
    ]);
    await stage.settled(stage.durable('authorize'));
    await stage.settled(stage.durable('other'));
    const suspected = together.filter((names) => names.includes('authorize suspect'));
    expect(suspected).toEqual([['authorize suspect']]);
    expect(together).toHaveLength(402);
    expect(Math.max(...together.map((names) => names.length))).toBeGreaterThan(4); // the rest is handled together
    expect(marks).toEqual([2]);
    await until('the mark is gone', async () => (await marked()) === 0);
  });

  it('with too many deaths is set aside as it is before it is decoded, and a redrive begins afresh', async () => {
    await stage.app([], { app: 'founder' });
    const [suspect = 0] = await stage.handedBack('1');
    await markAs(3, suspect);
    const handled: string[] = [];
    const contexts: StepContext[] = [];
    const handle = (order: object, context: StepContext) => {
      handled.push(orderOf(order));
      contexts.push({ ...context, attempt: context.attempt });
    };
    await stage.app([stepOf({ handle })]);
    await stage.settled(stage.durable('authorize'));
    expect(handled).toEqual([]);
    const [letter, ...more] = await stage.deadLetters();
    expect(more).toEqual([]);
    const header = (name: string) => letter?.header.get(name);
    expect(new TextDecoder().decode(letter?.data)).toBe('{"orderId":"1"}');
    expect(header('x-dead-letter-reason')).toBe('poison');
    expect(header('x-dlq-error-type')).toBe('TROUPE_POISON');
    expect(decodeURI(header('x-dlq-error-message') ?? '')).toMatch(
      /^The process ended 3 times while shop__authorize/,
    );
    expect(header('x-attempt')).toBe('3');
    await until('an alert is told', async () => (await stage.notices('alert')).length === 1);
    expect(await stage.notices('alert')).toMatchObject([
      {
        step: 'authorize',
        reason: 'poison',
        event: { id: '1', type: 'order.placed.v1', source: '/foreign', flowId: '1' },
      },
    ]);
    await until('the mark is gone', async () => (await marked()) === 0);
    expect(marks).toEqual([]);

    const letters = await lettersOf(server, stage.prefix);
    expect(await letters.redrive({ seqs: [letter?.seq ?? 0] }, AUTHOR)).toMatchObject({
      counts: { done: 1, failed: 0 },
    });
    expect(handled).toEqual(['1']);
    expect(contexts[0]?.attempt).toBe(1);
    expect(marks).toEqual([]);
  });

  it.each([
    ['noise', 'noise', {}],
    [
      'a message in structured mode',
      '{"specversion":"1.0"}',
      { 'ce-type': '', 'content-type': 'application/cloudevents+json' },
    ],
  ])('is set aside whatever it is: %s', async (_what, body, headers) => {
    // Delivered to a client that knows nothing of contracts, since the step would set it aside itself.
    const app = await stage.app([stepOf()]);
    await app.stop();
    const seq = await stage.order('1', headers, body);
    await deliveredOnce();
    await markAs(3, seq);
    await stage.app([stepOf()]);
    await until('it is set aside', async () => (await stage.deadLetters()).length === 1);
    const [letter] = await stage.deadLetters();
    expect(letter?.header.get('x-dead-letter-reason')).toBe('poison');
    expect(new TextDecoder().decode(letter?.data)).toBe(body);
  });

  it('with too many deaths stays where it is while the dead letter cannot be stored, and is never handled', async () => {
    const [suspect = 0] = await stage.handedBack('1');
    await markAs(3, suspect);
    const { config } = await stage.manager.streams.info(stage.names.deadLetters);
    await stage.manager.streams.update(config.name, { ...config, max_bytes: 1 });
    const handled: string[] = [];
    await stage.app([stepOf({ handle: seen(handled) })], {
      streams: { ...SMALL_STREAMS, deadLettersMaxBytes: 1 },
    });
    await until('the outage is told', async () => (await stage.notices('outage')).length > 0);
    await stage.manager.streams.update(config.name, config);
    await until('it is set aside', async () => (await stage.deadLetters()).length === 1);
    await stage.settled(stage.durable('authorize'));
    expect(handled).toEqual([]);
  });
});

describe('two instances', () => {
  it('on which a handler fails end in retries-exhausted, and never count a death', async () => {
    const calls: string[] = [];
    const handle = (order: object) => {
      calls.push(orderOf(order));
      throw new Error('no');
    };
    const step = stepOf({ handle, retry: { attempts: 5, initialDelayMs: 5, maxDelayMs: 20 } });
    await stage.app([step]);
    await stage.app([step]);
    for (let n = 0; n < 20; n++) await stage.order(`${n}`);
    await stage.settled(stage.durable('authorize'));
    const reasons = (await stage.deadLetters()).map(({ header }) => header.get('x-dead-letter-reason'));
    expect(reasons).toEqual(Array.from({ length: 20 }, () => 'retries-exhausted'));
    await stage.client.flush();
    expect(marks.length).toBeGreaterThan(0); // what the other one handed back
    expect(Math.max(...marks)).toBe(1);
    await until('the marks are gone', async () => (await marked()) === 0);
  });

  it('that hand back during an outage never count a death', async () => {
    const step = stepOf({
      emits,
      concurrency: 4,
      handle: (order) => next(PaymentAuthorized, { orderId: orderOf(order), amount: 1 }),
    });
    await stage.app([], { app: 'storefront' });
    for (let n = 0; n < 20; n++) await stage.order(`${n}`);
    const { state, config } = await stage.manager.streams.info(stage.names.events);
    await stage.manager.streams.update(config.name, { ...config, max_bytes: state.bytes });
    const streams = { ...SMALL_STREAMS, eventsMaxBytes: state.bytes };
    await stage.app([step], { streams });
    await stage.app([step], { streams });
    await until('some come again', () => marks.length > 10);
    await stage.manager.streams.update(config.name, config);
    await stage.settled(stage.durable('authorize'));
    expect(await stage.events(PaymentAuthorized)).toHaveLength(20);
    expect(await stage.deadLetters()).toEqual([]);
    expect(Math.max(...marks)).toBe(1);
  });
});

describe('an instance that stops', () => {
  it('leaves no marks, neither of what it finishes nor of what it aborts', async () => {
    await stage.handedBack('finishes', 'hangs');
    const running: string[] = [];
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const handle = (order: object) => {
      running.push(orderOf(order));
      return orderOf(order) === 'hangs' ? new Promise<void>(() => {}) : finished;
    };
    const leaving = await stage.app([stepOf({ handle })]);
    await until('both run', () => running.length === 2);
    expect(await marked()).toBe(2);
    const stop = leaving.stop(500);
    finish();
    await stop;
    expect(await marked()).toBe(0);
    const handled: string[] = [];
    await stage.app([stepOf({ handle: seen(handled) })]);
    await stage.settled(stage.durable('authorize'));
    expect(handled).toEqual(['hangs']);
    expect(Math.max(...marks)).toBe(1);
  });

  it('hands back what waits to be handled alone, with the deaths that it had', async () => {
    const [first = 0, second = 0] = await stage.handedBack('1', '2');
    await markAs(1, first);
    await markAs(2, second);
    const running: string[] = [];
    const hanging = stepOf({
      handle: (order) => {
        running.push(orderOf(order));
        return new Promise<void>(() => {});
      },
    });
    const leaving = await stage.app([hanging]);
    await until('one runs', () => running.length === 1);
    await leaving.stop(50);
    expect(running).toHaveLength(1);
    expect(await marked()).toBe(1);
    const handled: string[] = [];
    await stage.app([stepOf({ handle: seen(handled) })]);
    await stage.settled(stage.durable('authorize'));
    expect(handled.sort()).toEqual(['1', '2']);
    expect(await stage.deadLetters()).toEqual([]);
  });
});

/** Has the one order delivered once and handed back, by a client that is none of the platform's. */
async function deliveredOnce(): Promise<void> {
  const subject = `$JS.API.CONSUMER.MSG.NEXT.${stage.names.events}.${stage.durable('authorize')}`;
  const delivery = await stage.client.request(subject, '{"batch":1}', { noMux: true, timeout: 5_000 });
  delivery.respond('-NAK');
  await stage.client.flush();
}
