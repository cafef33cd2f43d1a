import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RetryAfter, TerminalError } from '../errors.ts';
import { OrderPlaced, PaymentAuthorized, stepOf, until } from '../fixtures.spec.support.ts';
import { next, type StepContext } from '../step.ts';
import { Stage } from './stage.spec.support.ts';

let server: NatsServer;
let stage: Stage;
let attempts: number[];

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

beforeEach(async () => {
  stage = await Stage.on(server);
  attempts = [];
});

/** Fails as told, attempt by attempt, then succeeds. */
function failing(...thrown: (() => unknown)[]) {
  return (_order: object, context: StepContext) => {
    attempts.push(context.attempt);
    const fail = thrown[context.attempt - 1];
    if (fail !== undefined) throw fail();
    return next(PaymentAuthorized, { orderId: context.id, amount: 1 });
  };
}

const retry = { initialDelayMs: 5, maxDelayMs: 20 };
const emits = [PaymentAuthorized];

async function theDeadLetter() {
  await until('it is dead-lettered', async () => (await stage.deadLetters()).length > 0);
  const [letter, ...more] = await stage.deadLetters();
  expect(more).toEqual([]);
  if (letter === undefined) throw new Error('no dead letter');
  return letter;
}

describe('a handler that fails', () => {
  it('is tried again, the attempts counted, with a notice for each, until it succeeds', async () => {
    await stage.app([
      stepOf({
        emits,
        retry,
        handle: failing(
          () => new Error('one'),
          () => new TypeError('two'),
        ),
      }),
    ]);
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    expect(attempts).toEqual([1, 2, 3]);
    expect(await stage.events(PaymentAuthorized)).toHaveLength(1);
    expect(await stage.deadLetters()).toEqual([]);
    await until('both are told', async () => (await stage.notices('retry')).length === 2);
    expect(await stage.notices('retry')).toMatchObject([
      { step: 'authorize', reason: 'retry', message: 'one', attempt: 1, event: { id: '1', flowId: '1' } },
      { step: 'authorize', reason: 'retry', message: 'two', attempt: 2 },
    ]);
  });

  it('for good is dead-lettered after its attempts, with all that is known', async () => {
    const handle = failing(
      ...Array.from({ length: 9 }, () => () => new RangeError('no\r\nNats-Rollup: all ☹')),
    );
    await stage.app([stepOf({ emits, retry: { ...retry, attempts: 3 }, handle })], { version: '1.2.3' });
    const seq = await stage.order('1', { 'x-own': 'kept', 'Nats-Expected-Stream': stage.names.events });
    const { subject, header, data } = await theDeadLetter();
    expect(attempts).toEqual([1, 2, 3]);
    expect(subject).toBe(`${stage.prefix}.dlq.shop.authorize`);
    expect(new TextDecoder().decode(data)).toBe('{"orderId":"1"}');
    const added = ['Nats-Sequence', 'Nats-Stream', 'Nats-Subject', 'Nats-Time-Stamp']; // by the read
    const own = [...header].filter(([name]) => !added.includes(name));
    expect(Object.fromEntries(own.map(([name, values]) => [name, values.join()]))).toEqual({
      'ce-specversion': '1.0',
      'ce-id': '1',
      'ce-source': '/foreign',
      'ce-type': 'order.placed.v1',
      'x-own': 'kept',
      'x-original-subject': stage.subjectOf(OrderPlaced),
      'x-original-stream': stage.names.events,
      'x-original-seq': `${seq}`,
      'x-original-published-at': expect.stringMatching(/^\d{4}-.*Z$/),
      'x-dead-letter-reason': 'retries-exhausted',
      'x-dlq-app': 'shop',
      'x-dlq-step': 'authorize',
      'x-dlq-consumer': stage.durable('authorize'),
      'x-dlq-version': '1.2.3',
      'x-dlq-host': expect.any(String),
      'x-dlq-sensitive': '%5B%5D',
      'x-dlq-error-type': 'RangeError',
      'x-dlq-error-message': 'no%0D%0ANats-Rollup:%20all%20%E2%98%B9',
      'x-dlq-error-stack': expect.stringContaining('retries.int.spec.ts'),
      'x-dlq-fingerprint': expect.stringMatching(/^[0-9a-f]{16}$/),
      'x-attempt': '3',
      'x-delivery-count': '3',
      'x-first-failed-at': expect.stringMatching(/Z$/),
      'x-failed-at': expect.stringMatching(/Z$/),
      'Nats-Msg-Id': expect.stringMatching(/^[\w-]{22}$/),
    });
    await stage.settled(stage.durable('authorize'));
    await until('an alert is told', async () => (await stage.notices('alert')).length === 1);
    expect(await stage.notices('retry')).toHaveLength(2);
  });

  it.each<[string, () => unknown, RegExp]>([
    ['undefined', () => undefined, /undefined/],
    ['a string', () => 'no', /no/],
    ['an object without prototype', () => Object.create(null), /./],
    [
      'an error whose message throws',
      () => Object.defineProperty(new Error('x'), 'message', { get: panic }),
      /./,
    ],
    ['an error whose name is no text', () => Object.assign(new Error('x'), { name: 7 }), /./],
    ['an error with a huge message', () => new Error('☹'.repeat(1_000_000)), /^(%E2%98%B9)+$/],
    [
      'an error with a huge stack',
      () => Object.assign(new Error('x'), { stack: 'y'.repeat(5_000_000) }),
      /x/,
    ],
    ['half a character', () => new Error('\ud83d'), /%EF%BF%BD/],
  ])('with %s is dead-lettered all the same, and the step goes on', async (_what, thrown, message) => {
    const rejected = stepOf({
      retry: { attempts: 1 },
      handle: async (order) => {
        if ((order as OrderPlaced).orderId === 'bad') throw thrown();
      },
    });
    await stage.app([rejected]);
    await stage.order('bad');
    await stage.order('good');
    expect((await theDeadLetter()).header.get('x-dlq-error-message')).toMatch(message);
    await stage.settled(stage.durable('authorize'));
  });

  it('after it changed its input is dead-lettered with the bytes that came', async () => {
    const handle = (order: object) => {
      Object.assign(order, { orderId: 'changed' });
      throw new TerminalError('no');
    };
    await stage.app([stepOf({ handle })]);
    await stage.order('1');
    const { data, header } = await theDeadLetter();
    expect(header.get('x-dead-letter-reason')).toBe('terminal-error');
    expect(new TextDecoder().decode(data)).toBe('{"orderId":"1"}');
  });

  it('does not let a foreign message say how often it was tried, or where it came from', async () => {
    await stage.app([
      stepOf({
        emits,
        retry,
        handle: failing(
          () => new Error('one'),
          () => new TerminalError('two'),
        ),
      }),
    ]);
    const seq = await stage.order('1', {
      'x-attempt': '100',
      'x-original-seq': '4711',
      'x-first-failed-at': 'then',
    });
    const { header } = await theDeadLetter();
    expect(attempts).toEqual([1, 2]);
    expect(header.get('x-original-seq')).toBe(`${seq}`);
    expect(header.get('x-first-failed-at')).toMatch(/^\d{4}-/);
  });
});

describe('RetryAfter', () => {
  it('short waits that long on the consumer', async () => {
    const times: number[] = [];
    const handle = (order: object, context: StepContext) => {
      times.push(performance.now());
      return failing(() => new RetryAfter(300))(order, context);
    };
    await stage.app([stepOf({ emits, handle })]);
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    expect(attempts).toEqual([1, 2]);
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThan(280);
    expect((await stage.manager.streams.info(stage.names.delayed('shop'))).state.messages).toBe(0);
  });

  it('long waits in the app’s own stream, holds no place meanwhile, and comes back to that step alone', async () => {
    const others: string[] = [];
    const steps = [
      stepOf({
        emits,
        handle: failing(
          () => new RetryAfter(6_000),
          () => new Error('again'),
        ),
        retry,
      }),
      stepOf({ name: 'other', handle: (_order, { id }) => void others.push(id) }),
    ];
    await stage.app(steps);
    const seq = await stage.order('1', { 'Nats-Expected-Stream': stage.names.events, 'x-own': 'kept' });
    const [waiting] = await until('it waits', async () => {
      const found = await stage.stored(stage.names.delayed('shop'), `${stage.prefix}.sch.shop.*`);
      return found[0] === undefined ? undefined : ([found[0]] as const);
    });
    await stage.settled(stage.durable('authorize'));
    expect(waiting.header.get('Nats-Schedule-Target')).toMatch(
      new RegExp(`^${stage.prefix}\\.rdv\\.shop\\.authorize\\.\\d+$`),
    );
    expect(waiting.header.get('Nats-Expected-Stream')).toBe('');
    expect(waiting.header.get('x-own')).toBe('kept');
    expect(waiting.header.get('x-attempt')).toBe('1');
    expect(waiting.header.get('x-original-seq')).toBe(`${seq}`);
    expect(attempts).toEqual([1]);
    await until('it is done', async () => (await stage.events(PaymentAuthorized)).length === 1);
    await stage.settled('shop__authorize', stage.names.delayed('shop'));
    expect(attempts).toEqual([1, 2, 3]);
    expect(others).toEqual(['1']);
  });

  it('for longer than any clock is cut to a year', async () => {
    await stage.app([stepOf({ emits, handle: failing(() => new RetryAfter(1e300)) })]);
    await stage.order('1');
    const [waiting] = await until('it waits', async () => {
      const found = await stage.stored(stage.names.delayed('shop'));
      return found.length > 0 ? found : undefined;
    });
    const at = Date.parse((waiting?.header.get('Nats-Schedule') ?? '').replace('@at ', ''));
    expect((at - Date.now()) / 86_400_000).toBeCloseTo(366, 1);
  });

  it('long that cannot be stored hands the message back, as an attempt, and says so', async () => {
    await stage.app([stepOf({ emits, handle: failing(() => new RetryAfter(60_000)) })]);
    const { config } = await stage.manager.streams.info(stage.names.delayed('shop'));
    await stage.manager.streams.update(config.name, { ...config, max_msg_size: 1 });
    await stage.order('1');
    await until('the outage is told', async () => (await stage.notices('outage')).length > 0);
    expect((await stage.notices('outage'))[0]?.reason).toBe('retry-not-stored');
    await stage.settled(stage.durable('authorize'));
    expect(attempts).toEqual([1, 2]);
  });

  it('is an attempt, so that it ends', async () => {
    const handle = failing(...Array.from({ length: 9 }, () => () => new RetryAfter(0)));
    await stage.app([stepOf({ emits, handle, retry: { attempts: 4 } })]);
    await stage.order('1');
    expect((await theDeadLetter()).header.get('x-dead-letter-reason')).toBe('retries-exhausted');
    expect(attempts).toEqual([1, 2, 3, 4]);
  });
});

describe('a dead letter', () => {
  it('made twice of one message is one', async () => {
    const step = stepOf({ handle: () => Promise.reject(new TerminalError('no')) });
    const app = await stage.app([step]);
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    await app.stop();
    // As after a crash between the copy and the end of the original: it is handed out again.
    await stage.manager.consumers.delete(stage.names.events, stage.durable('authorize'));
    await stage.app([step]);
    await until('it was set aside again', async () => (await stage.notices('alert')).length === 2);
    expect(await stage.deadLetters()).toHaveLength(1);
  });

  it('that cannot be stored leaves the message where it is until it can', async () => {
    await stage.app([stepOf({ handle: failing(() => new TerminalError('no')) })]);
    const { config } = await stage.manager.streams.info(stage.names.deadLetters);
    await stage.manager.streams.update(config.name, { ...config, max_bytes: 1 });
    await stage.order('1');
    await until('the outage is told', async () => (await stage.notices('outage')).length > 0);
    expect((await stage.notices('outage'))[0]?.reason).toBe('dead-letter-not-stored');
    await stage.manager.streams.update(config.name, config);
    await theDeadLetter();
    await stage.settled(stage.durable('authorize'));
  });
});

function panic(): never {
  throw new Error('never to be read');
}
