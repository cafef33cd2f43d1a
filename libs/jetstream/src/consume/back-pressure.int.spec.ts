import { setTimeout as delay } from 'node:timers/promises';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { OrderPlaced, PaymentAuthorized, SMALL_STREAMS, stepOf, until } from '../fixtures.spec.support.ts';
import { next, type StepContext, type StepDefinition } from '../step.ts';
import { setAckWait, startInstance } from './ack-wait.spec.support.ts';
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

async function orders(count: number): Promise<void> {
  const { producer } = await stage.app([], { app: 'storefront' });
  await Promise.all(Array.from({ length: count }, (_, n) => producer.send(OrderPlaced, { orderId: `${n}` })));
}

/** A gate that handlers wait at. */
function gate() {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe('a step with a concurrency of 2 and 1,000 messages waiting', () => {
  it('handles 2 at once, holds few more, and leaves the rest to the broker', async () => {
    await orders(1_000);
    let running = 0;
    let most = 0;
    const first = gate();
    const handle = async () => {
      most = Math.max(most, ++running);
      await first.opened;
      await delay(0);
      running--;
    };
    await stage.app([stepOf({ concurrency: 2, handle })]);
    const durable = stage.durable('authorize');
    await until('both places are taken', () => running === 2);
    const { num_ack_pending } = await stage.manager.consumers.info(stage.names.events, durable);
    expect(num_ack_pending).toBeLessThanOrEqual(2 + 4);
    let unacked = 0;
    first.open();
    await until('all are done', async () => {
      const info = await stage.manager.consumers.info(stage.names.events, durable);
      unacked = Math.max(unacked, info.num_ack_pending);
      return info.num_pending + info.num_ack_pending === 0;
    });
    expect(most).toBe(2);
    expect(unacked).toBeLessThan(100); // the broker counts acks that it has yet to read
  });

  it('shares them with a second instance, each message handled once', async () => {
    await orders(1_000);
    const handled: Record<'one' | 'two', string[]> = { one: [], two: [] };
    const start = gate();
    const instance = (name: 'one' | 'two') =>
      stage.app([
        stepOf({
          concurrency: 2,
          handle: async (order) => {
            await start.opened;
            await delay(0);
            handled[name].push((order as OrderPlaced).orderId);
          },
        }),
      ]);
    await Promise.all([instance('one'), instance('two')]);
    start.open();
    await stage.settled(stage.durable('authorize'));
    expect(new Set([...handled.one, ...handled.two]).size).toBe(1_000);
    expect(handled.one.length + handled.two.length).toBe(1_000);
    expect(Math.min(handled.one.length, handled.two.length)).toBeGreaterThan(100);
  });

  it('keeps to it over several contracts', async () => {
    let most = 0;
    let running = 0;
    const handle = async () => {
      most = Math.max(most, ++running);
      await delay(1);
      running--;
    };
    await stage.app([stepOf({ on: [OrderPlaced, PaymentAuthorized], concurrency: 2, handle })]);
    const payment = { 'ce-type': 'payment.authorized.v1', 'ce-specversion': '1.0', 'ce-source': '/f' };
    for (let n = 0; n < 50; n++) {
      await stage.order(`${n}`);
      await stage.put(
        stage.subjectOf(PaymentAuthorized),
        { ...payment, 'ce-id': `${n}` },
        '{"orderId":"1","amount":1}',
      );
    }
    await stage.settled(stage.durable('authorize'));
    await stage.settled(stage.durable('authorize', PaymentAuthorized));
    expect(most).toBe(2);
  });
});

describe('a handler that is slow', () => {
  it('beyond the ack wait keeps its message, and so do those that wait behind it', async () => {
    await orders(3);
    const calls: string[] = [];
    const first = gate();
    const handle = async (_order: object, { id }: StepContext) => {
      calls.push(id);
      await first.opened;
    };
    const pending = await withAckWait(1_000, stepOf({ concurrency: 1, handle }));
    await until('one is handled, two wait', async () => (await pending()).num_ack_pending === 3);
    const before = (await pending()).delivered.consumer_seq;
    const since = performance.now();
    await until('several ack waits are over', () => performance.now() - since > 3_500);
    expect((await pending()).delivered.consumer_seq).toBe(before);
    first.open();
    await until('all are done', async () => (await pending()).num_ack_pending === 0);
    expect(new Set(calls).size).toBe(3);
    expect(calls).toHaveLength(3);
  });

  it('beyond its timeout is told so, and its message is tried again; what it returns late is ignored', async () => {
    const attempts: number[] = [];
    const reasons: unknown[] = [];
    const late = gate();
    const handle = async (order: object, { id, attempt, signal }: StepContext) => {
      attempts.push(attempt);
      if (id === '1' && attempt === 1) {
        signal.addEventListener('abort', () => reasons.push(signal.reason));
        await late.opened;
        return next(PaymentAuthorized, { orderId: 'late', amount: 1 });
      }
      return next(PaymentAuthorized, { orderId: (order as OrderPlaced).orderId, amount: 1 });
    };
    const retry = { initialDelayMs: 1 };
    await stage.app([stepOf({ concurrency: 1, timeoutMs: 100, retry, emits: [PaymentAuthorized], handle })]);
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    late.open();
    expect(attempts).toEqual([1, 2]);
    expect(reasons).toEqual([expect.objectContaining({ code: 'TROUPE_HANDLER_TIMEOUT', afterMs: 100 })]);
    await stage.order('2'); // the step goes on with its one place
    await stage.settled(stage.durable('authorize'));
    expect((await stage.events(PaymentAuthorized)).map(({ orderId }) => orderId)).toEqual(['1', '2']);
    expect((await stage.notices('retry')).map(({ message }) => message)).toEqual([
      'The handler of shop__authorize did not finish within 100 ms.',
    ]);
  });

  it('to be stored is no handler that is slow: its timeout does not count the publishing', async () => {
    let calls = 0;
    const handle = (order: object) => {
      calls++;
      return next(PaymentAuthorized, { orderId: (order as OrderPlaced).orderId, amount: 1 });
    };
    await stage.app([stepOf({ timeoutMs: 1, emits: [PaymentAuthorized], handle })]);
    await stage.order('1');
    await until('it is called', () => calls === 1);
    // The stream's subjects are gone: the publisher waits for them to come back.
    const { config } = await stage.manager.streams.info(stage.names.events);
    await stage.manager.streams.update(config.name, { ...config, subjects: [`${stage.prefix}.evt.order.>`] });
    await stage.order('2');
    await until('it is called for the second', () => calls === 2);
    await until('the tick came by several times', async () => {
      await delay(1_000);
      return true;
    });
    await stage.manager.streams.update(config.name, config);
    await stage.settled(stage.durable('authorize'));
    expect(calls).toBe(2);
    expect(await stage.notices('retry')).toEqual([]);
  });
});

/** Runs a step on durables with another ack wait than the platform's; gives what the broker says of its first. */
async function withAckWait(ackWaitMs: number, step: StepDefinition) {
  const { manager, names } = stage;
  const options = { names, steps: [step], streams: SMALL_STREAMS, ackWaitMs };
  await setAckWait(manager, options);
  const instance = await startInstance({ ...options, url: server.url });
  onTestFinished(() => instance.stop(1_000));
  return () => manager.consumers.info(names.events, stage.durable('authorize'));
}
