import { type NatsServer, startNatsServer } from '@troupe/broker';
import { type ContractClass, contractOf } from '@troupe/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { OrderPlaced, PaymentAuthorized, stepOf, until } from '../fixtures.spec.support.ts';
import { OrderPlacedV2, OrderPlacedV3 } from '../majors.spec.support.ts';
import { next, type StepContext, type StepDefinition } from '../step.ts';
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

const FIRST: OrderPlaced = { orderId: '1', note: 'ring' };
const SECOND: OrderPlacedV2 = { orderId: '1', notes: ['ring', 'twice'] };
const THIRD: OrderPlacedV3 = { orderId: '1', notes: ['sonnez'], language: 'fr' };
const V1 = next(OrderPlaced, FIRST);
const V2 = next(OrderPlacedV2, SECOND, { also: V1 });

/** A step of one contract, and what it was called with. */
function consumerOf(contract: ContractClass, options: Partial<StepDefinition> = {}) {
  const handled: [object, StepContext][] = [];
  const handle = (order: object, context: StepContext) => void handled.push([order, context]);
  const step = stepOf({ name: 'take', on: [contract], handle, ...options });
  return { step, handled, ids: () => handled.map(([, { id }]) => id).sort() };
}

/** Waits until all durables of an app's step are done. */
async function settled(app: string, ...majors: number[]): Promise<void> {
  for (const major of majors) await stage.settled(`${app}__take__order_placed_v${major}`);
}

describe('a fact that a producer sends as several majors', () => {
  it('is handled once by each step, as the newest that it takes', async () => {
    const [first, second, third] = [OrderPlaced, OrderPlacedV2, OrderPlacedV3].map((one) => consumerOf(one));
    await stage.app([first!.step], { app: 'first' });
    await stage.app([second!.step], { app: 'second' });
    await stage.app([third!.step], { app: 'third' });
    const shop = await stage.app([], { produces: [OrderPlaced, OrderPlacedV2, OrderPlacedV3] });
    const sent = await shop.producer.send(OrderPlacedV3, THIRD, { also: V2, id: 'fact', flowId: 'flow' });
    expect(sent).toMatchObject({ id: 'fact', flowId: 'flow', duplicate: false });
    await settled('first', 1);
    await settled('second', 2, 1);
    await settled('third', 3, 2, 1);
    expect(first!.handled.map(([order]) => order)).toEqual([FIRST]);
    expect(second!.handled.map(([order]) => order)).toEqual([SECOND]);
    expect(third!.handled.map(([order]) => order)).toEqual([THIRD]);
    const keys = [second, third].map((one) => one?.handled[0]?.[1].id);
    expect(keys).toEqual(['fact', 'fact']);
    expect(await stage.deadLetters()).toEqual([]);
  });

  it('is one event in several messages: id, source, time and flow are the same', async () => {
    const shop = await stage.app([], { produces: [OrderPlaced, OrderPlacedV2] });
    await shop.producer.send(OrderPlacedV2, SECOND, { also: V1 });
    const messages = await stage.stored(stage.names.events);
    const shared = messages.map(({ header }) =>
      ['ce-id', 'ce-source', 'ce-time', 'ce-correlationid'].map((name) => header.get(name)),
    );
    expect(shared).toHaveLength(2);
    expect(shared[0]).toEqual(shared[1]);
    const others = messages.map(({ header }) => [header.get('ce-type'), header.get('ce-alsosentas')]);
    expect(others).toEqual([
      ['order.placed.v1', 'order.placed.v2'], // first
      ['order.placed.v2', 'order.placed.v1'],
    ]);
  });

  it('is stored once when it is sent again with its id', async () => {
    const shop = await stage.app([], { produces: [OrderPlaced, OrderPlacedV2] });
    for (const duplicate of [false, true]) {
      const sent = await shop.producer.send(OrderPlacedV2, SECOND, { also: V1, id: 'fact' });
      expect(sent.duplicate).toBe(duplicate);
    }
    expect(await stage.stored(stage.names.events)).toHaveLength(2);
  });

  it.each<[string, () => Parameters<Awaited<ReturnType<typeof stage.app>>['producer']['send']>, RegExp]>([
    [
      'no older major',
      () => [OrderPlaced, FIRST, { also: next(OrderPlacedV2, SECOND) }],
      /is no older major/,
    ],
    [
      'another type',
      () => [OrderPlacedV2, SECOND, { also: next(PaymentAuthorized, { orderId: '1', amount: 1 }) }],
      /payment.authorized.v1, which is no older major/,
    ],
    ['one with a key', () => [OrderPlacedV2, SECOND, { also: { ...V1, key: 'k' } }], /with a key/],
    [
      'one that is invalid',
      () => [OrderPlacedV2, SECOND, { also: { ...V1, data: {} } }],
      /order.placed.v1 is broken/,
    ],
    ['one that is not declared', () => [OrderPlacedV3, THIRD, { also: V2 }], /OrderPlacedV3.*does not list/],
  ])('is refused with %s, and nothing is sent', async (_what, given, message) => {
    const shop = await stage.app([], { produces: [OrderPlaced, OrderPlacedV2, PaymentAuthorized] });
    await expect(shop.producer.send(...given())).rejects.toThrow(message);
    expect(await stage.stored(stage.names.events)).toEqual([]);
  });
});

describe('a fact that a step returns as several majors', () => {
  const both = () => V2;
  const emits = [OrderPlacedV2, OrderPlaced];

  it('is handled once by each step after it', async () => {
    const older = consumerOf(OrderPlaced);
    const newer = consumerOf(OrderPlacedV2);
    await stage.app([older.step], { app: 'older' });
    await stage.app([newer.step], { app: 'newer' });
    await stage.app([stepOf({ on: [PaymentAuthorized], emits, handle: both })], {
      produces: [PaymentAuthorized],
    });
    const headers = { 'ce-id': 'cause', 'ce-type': 'payment.authorized.v1' };
    await stage.put(
      stage.subjectOf(PaymentAuthorized),
      { 'ce-specversion': '1.0', 'ce-source': '/f', ...headers },
      '{"orderId":"1","amount":1}',
    );
    await until('both have it', () => older.handled.length > 0 && newer.handled.length > 0);
    await settled('older', 1);
    await settled('newer', 2, 1);
    expect(older.handled.map(([order]) => order)).toEqual([FIRST]);
    expect(newer.handled.map(([order]) => order)).toEqual([SECOND]);
    expect(older.ids()).toEqual(newer.ids());
  });

  it('is a terminal error when it is also sent as no older major', async () => {
    const handle = () => ({ ...V1, also: V2 });
    await stage.app([stepOf({ on: [OrderPlaced], emits, handle })]);
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    const [letter] = await stage.deadLetters();
    expect(letter?.header.get('x-dead-letter-reason')).toBe('terminal-error');
    expect(letter?.header.get('x-dlq-error-type')).toBe('TROUPE_OUTPUT_ALSO');
  });
});

describe('a step that takes a newer major from its next build on', () => {
  const MINUTES = 60_000;

  /** Puts a fact as both majors, made this long from now. */
  async function sendBoth(id: string, inMs = 0): Promise<void> {
    const time = new Date(Date.now() + inMs).toISOString();
    for (const [contract, other, data] of [
      [OrderPlaced, OrderPlacedV2, FIRST],
      [OrderPlacedV2, OrderPlaced, SECOND],
    ] as const) {
      await stage.put(
        stage.subjectOf(contract),
        {
          'ce-specversion': '1.0',
          'ce-id': id,
          'ce-source': '/f',
          'ce-type': contractOf(contract).id,
          'ce-time': time,
          'ce-alsosentas': contractOf(other).id,
        },
        JSON.stringify(data),
      );
    }
  }

  it.each(['beginning', 'now'] as const)(
    'begins there with %s, misses no fact and handles none twice',
    async (from) => {
      const older = consumerOf(OrderPlaced, { from });
      const build = await stage.app([older.step], { version: '1.0.0' });
      await sendBoth('handled before', -1_000);
      await settled('shop', 1);
      await build.stop();
      await sendBoth('sent between');
      const newer = consumerOf(OrderPlacedV2, { from });
      await stage.app([newer.step], { version: '2.0.0' });
      await sendBoth('sent at once');
      await sendBoth('sent later', 2 * MINUTES);
      await settled('shop', 2, 1);
      expect(older.ids()).toEqual(['handled before']);
      expect(newer.ids()).toEqual(['sent at once', 'sent between', 'sent later']);
      const asSentLater = newer.handled.filter(([, { id }]) => id === 'sent later').map(([order]) => order);
      expect(asSentLater).toEqual([SECOND]);
    },
  );

  it('has one idempotency key for a fact, whichever build handles it as whichever major', async () => {
    const older = consumerOf(OrderPlaced);
    const newer = consumerOf(OrderPlacedV2);
    const build = await stage.app([older.step], { version: '1.0.0' });
    await sendBoth('fact');
    await settled('shop', 1);
    await build.stop();
    await stage.manager.consumers.delete(stage.names.events, 'shop__take__order_placed_v1');
    await stage.app([newer.step], { version: '2.0.0' });
    await settled('shop', 2, 1);
    const keys = [older, newer].map(({ handled }) => handled[0]?.[1].idempotencyKey);
    expect(keys[0]).toBeDefined();
    expect(keys[0]).toBe(keys[1]);
  });
});
