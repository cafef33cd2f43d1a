import { type NatsServer, startNatsServer } from '@troupe/broker';
import { Contract, Upcast } from '@troupe/contract';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { PaymentAuthorized, PickItem, stepOf, until } from '../fixtures.spec.support.ts';
import { outputId } from '../ids.ts';
import { OrderPlacedV3 } from '../majors.spec.support.ts';
import { next, type StepContext } from '../step.ts';
import { readManifest } from '../topology/manifest.ts';
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

const DURABLES = [1, 2, 3].map((major) => `shop__authorize__order_placed_v${major}`);

/** A step of the third major, and what it was called with. */
function newest() {
  const handled: [object, StepContext][] = [];
  const step = stepOf({
    on: [OrderPlacedV3],
    emits: [PaymentAuthorized],
    handle: (order, context) => {
      handled.push([order, context]);
      return next(PaymentAuthorized, { orderId: (order as OrderPlacedV3).orderId, amount: 1 });
    },
  });
  return { step, handled };
}

describe('a step of a newer major', () => {
  it('has a durable for each major that can be made it, and says so in its manifest', async () => {
    await stage.app([newest().step]);
    for (const durable of DURABLES) {
      const { config } = await stage.manager.consumers.info(stage.names.events, durable);
      expect(readManifest(config.metadata)?.consumes).toEqual([
        'order.placed.v3',
        'order.placed.v2',
        'order.placed.v1',
      ]);
    }
  });

  it('handles an older message as the newer one, in the place of the one that was sent', async () => {
    const { step, handled } = newest();
    await stage.app([step]);
    await stage.order('1', { 'ce-correlationid': 'flow' }, { orderId: '1', note: 'ring twice', later: 1 });
    await stage.settled('shop__authorize__order_placed_v1');
    expect(handled).toHaveLength(1);
    const [order, context] = handled[0] ?? [];
    expect(order).toBeInstanceOf(OrderPlacedV3);
    expect(order).toEqual({ orderId: '1', notes: ['ring twice'], language: 'en', later: 1 });
    expect(context).toMatchObject({ id: '1', source: '/foreign', type: 'order.placed.v1', flowId: 'flow' });
    const [output] = await stage.stored(
      stage.names.events,
      `${stage.subjectOf(PaymentAuthorized, 0).slice(0, -1)}*`,
    );
    expect(output?.header.get('ce-id')).toBe(
      outputId('/foreign', '1', 'shop__authorize', 'payment.authorized.v1', ''),
    );
    expect(output?.header.get('ce-causationid')).toBe('1');
    expect(output?.header.get('ce-correlationid')).toBe('flow');
  });

  it('takes one that comes back to it the same way', async () => {
    const { step, handled } = newest();
    await stage.app([step]);
    await stage.put(
      `${stage.names.redriveSubject('shop', 'authorize')}.0`,
      { 'ce-specversion': '1.0', 'ce-id': '1', 'ce-source': '/f', 'ce-type': 'order.placed.v1' },
      '{"orderId":"1"}',
    );
    await stage.settled('shop__authorize', stage.names.delayed('shop'));
    expect(handled.map(([order]) => order)).toEqual([{ orderId: '1', notes: [], language: 'en' }]);
    expect(await stage.deadLetters()).toEqual([]);
  });

  it('goes on where its older build left off', async () => {
    let before = 0;
    const older = await stage.app([stepOf({ handle: () => void before++ })]);
    await stage.order('1');
    await stage.settled('shop__authorize__order_placed_v1');
    await older.stop();
    await stage.order('2');
    const { step, handled } = newest();
    await stage.app([step], { version: '2.0.0' });
    await until('what came meanwhile is handled', () => handled.length === 1);
    await stage.settled('shop__authorize__order_placed_v1');
    expect(before).toBe(1);
    expect(handled.map(([, { id }]) => id)).toEqual(['2']);
  });

  it('runs beside its older build, each with what it knows', async () => {
    const { step, handled } = newest();
    const others: string[] = [];
    await stage.app([step], { version: '2.0.0' });
    await stage.app([stepOf({ handle: (_order, { id }) => void others.push(id) })], { version: '1.0.0' });
    for (let n = 0; n < 50; n++) {
      await stage.order(`old-${n}`);
      await stage.put(
        stage.subjectOf(OrderPlacedV3),
        { 'ce-specversion': '1.0', 'ce-id': `new-${n}`, 'ce-source': '/f', 'ce-type': 'order.placed.v3' },
        '{"orderId":"1","notes":[]}',
      );
    }
    for (const durable of DURABLES) await stage.settled(durable);
    const byNewer = handled.map(([, { id }]) => id);
    expect(new Set([...byNewer, ...others]).size).toBe(100);
    expect(byNewer.length + others.length).toBe(100);
    expect(others.filter((id) => id.startsWith('new'))).toEqual([]);
    expect(await stage.deadLetters()).toEqual([]);
  });
});

describe('a message that cannot be made the newer major', () => {
  const letterOf = async (note: string) => {
    const { step, handled } = newest();
    await stage.app([step]);
    await stage.order('1', {}, { orderId: '1', note });
    await stage.settled('shop__authorize__order_placed_v1');
    expect(handled).toEqual([]);
    const letters = await stage.deadLetters();
    expect(letters).toHaveLength(1);
    expect(await stage.notices('retry')).toEqual([]);
    const header = (name: string) => decodeURI(letters[0]?.header.get(name) ?? '');
    expect(header('x-dead-letter-reason')).toBe('upcast-failed');
    expect(header('x-dlq-error-type')).toBe('TROUPE_UPCAST_FAILED');
    expect(header('ce-type')).toBe('order.placed.v1');
    expect(letters[0]?.json()).toEqual({ orderId: '1', note });
    return header;
  };

  it('since its upcaster throws, is dead-lettered at once, as it came, with what was thrown', async () => {
    const header = await letterOf('unspeakable');
    expect(header('x-dlq-error-message')).toContain('that cannot be a note');
    expect(header('x-dlq-error-stack')).toContain('fromV1');
  });

  it('since what its upcaster returns is invalid, is dead-lettered at once with the failing paths', async () => {
    const header = await letterOf('not-text');
    expect(JSON.parse(header('x-dlq-violations')).shown).toMatchObject([
      { path: '/notes', rule: 'isString' },
    ]);
  });

  it('does not keep what comes after it waiting', async () => {
    const { step, handled } = newest();
    await stage.app([step]);
    for (let n = 0; n < 20; n++)
      await stage.order(`${n}`, {}, { orderId: `${n}`, note: n % 2 === 0 ? 'unspeakable' : 'fine' });
    await stage.settled('shop__authorize__order_placed_v1');
    expect(handled).toHaveLength(10);
    expect(await stage.deadLetters()).toHaveLength(10);
  });
});

describe('a command of two majors', () => {
  @Contract({ type: 'item.pick', version: 2, kind: 'command', owner: 'picking' })
  class PickItemV2 {
    @Upcast(PickItem)
    static fromV1(): PickItemV2 {
      return {};
    }
  }

  it('has one step that handles it, converted or not', async () => {
    const newer = stepOf({ name: 'pick', on: [PickItemV2] });
    const older = stepOf({ name: 'pick-old', on: [PickItem] });
    await expect(stage.app([newer, older])).rejects.toThrow(/item.pick.v1 is handled by pick and pick-old/);
    await stage.app([newer]);
    await expect(stage.app([older], { app: 'other' })).rejects.toThrow(
      /item.pick.v1 is handled by shop__pick/,
    );
  });
});
