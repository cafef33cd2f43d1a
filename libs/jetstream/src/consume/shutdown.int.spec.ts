import { setTimeout as delay } from 'node:timers/promises';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { OrderPlaced, PaymentAuthorized, startServer, stepOf, until } from '../fixtures.spec.support.ts';
import { next, type StepContext } from '../step.ts';
import { Stage } from './stage.spec.support.ts';

let server: NatsServer;
let stage: Stage;

// Longer than an ack wait: what waited for one is to be told as that.
vi.setConfig({ testTimeout: 60_000 });

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

beforeEach(async () => {
  stage = await Stage.on(server);
});

async function orders(count: number, from = 0): Promise<void> {
  const { producer } = await stage.app([], { app: 'storefront' });
  await Promise.all(
    Array.from({ length: count }, (_, n) => producer.send(OrderPlaced, { orderId: `${from + n}` })),
  );
}

describe('an instance that stops under load', () => {
  it('finishes what runs, hands back the rest at once, and another does it: nothing lost, nothing twice', async () => {
    await orders(3_000);
    const calls: string[] = [];
    const step = stepOf({
      emits: [PaymentAuthorized],
      concurrency: 16,
      handle: async (order) => {
        const { orderId } = order as OrderPlaced;
        calls.push(orderId);
        await delay(1);
        return next(PaymentAuthorized, { orderId, amount: 1 });
      },
    });
    const leaving = await stage.app([step]);
    await until('it works', () => calls.length > 50);
    await Promise.all([leaving.stop(), stage.app([step])]);
    const stopped = performance.now();
    await stage.settled(stage.durable('authorize'));
    expect(performance.now() - stopped).toBeLessThan(15_000); // the ack wait is 30 s
    expect(new Set(calls).size).toBe(3_000);
    expect(calls).toHaveLength(3_000);
    expect(await stage.events(PaymentAuthorized)).toHaveLength(3_000);
  });

  it('again and again, loses nothing', async () => {
    const handled = new Set<string>();
    const step = stepOf({ handle: (order) => void handled.add((order as OrderPlaced).orderId) });
    await orders(5_000);
    for (let round = 0; round < 10; round++) {
      const before = handled.size;
      const app = await stage.app([step]);
      await until('it works', () => handled.size > before || handled.size === 5_000);
      await app.stop();
    }
    await stage.app([step]);
    await stage.settled(stage.durable('authorize'));
    expect(handled.size).toBe(5_000);
  });

  it('alone, leaves the messages it did not start for the next, untried', async () => {
    let running = 0;
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const leaving = await stage.app([
      stepOf({
        concurrency: 1,
        handle: async () => {
          running++;
          await finished;
        },
      }),
    ]);
    await orders(3);
    await until('one is handled', () => running === 1);
    const stop = leaving.stop();
    const durable = stage.durable('authorize');
    await until('the others are handed back', async () => {
      const info = await stage.manager.consumers.info(stage.names.events, durable);
      return info.num_redelivered === 0 && info.num_waiting === 0;
    });
    finish();
    await stop;
    expect(running).toBe(1);
    const attempts: number[] = [];
    await stage.app([stepOf({ handle: (_order, { attempt }) => void attempts.push(attempt) })]);
    await stage.settled(durable);
    expect(attempts).toEqual([1, 1]);
  });
});

describe('a handler that does not end within the grace', () => {
  it('is told to stop, and its message is handed back for another at once', async () => {
    const told: unknown[] = [];
    const hanging = stepOf({
      handle: (_order, { signal }: StepContext) =>
        new Promise<void>(() => {
          signal.addEventListener('abort', () => told.push(signal.reason));
        }),
    });
    const leaving = await stage.app([hanging]);
    await stage.order('1');
    await until('it is handled', async () => {
      const { num_ack_pending } = await stage.manager.consumers.info(
        stage.names.events,
        stage.durable('authorize'),
      );
      return num_ack_pending === 1;
    });
    await leaving.stop(50);
    expect(told).toEqual([new Error('The app is stopping.')]);
    const handled: number[] = [];
    await stage.app([stepOf({ handle: (_order, { attempt }) => void handled.push(attempt) })]);
    await until('another does it', () => handled.length === 1);
    expect(handled).toEqual([1]);
  });

  it('does not keep a stop waiting while the broker is away', async () => {
    const own = await startServer();
    stage = await Stage.on(own);
    let running = false;
    const hanging = stepOf({
      handle: () => {
        running = true;
        return new Promise<void>(() => {});
      },
    });
    const leaving = await stage.app([hanging]);
    await stage.order('1');
    await until('it is handled', () => running);
    await own.kill();
    await until('it is noticed', () => !leaving.status().ready);
    const asked = performance.now();
    await leaving.stop(100);
    expect(performance.now() - asked).toBeLessThan(10_000);
  });
});
