import { AckPolicy } from '@nats-io/jetstream';
import { describe, expect, it } from 'vitest';
import {
  OrderPlaced,
  PaymentAuthorized,
  SMALL_STREAMS,
  startServer,
  stepOf,
  until,
} from '../fixtures.spec.support.ts';
import { next } from '../step.ts';
import { setAckWait } from './ack-wait.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

const COUNT = 2_000;
/** The platform's is 30 s. */
const ACK_WAIT_MS = 5_000;

describe('a broker that is killed and comes back', () => {
  it('under load: every message is processed, and no output is there twice', async () => {
    const stage = await Stage.on(await startServer());
    let calls = 0;
    const chain = [
      stepOf({
        emits: [PaymentAuthorized],
        handle: (order) => {
          calls++;
          return next(PaymentAuthorized, { orderId: (order as OrderPlaced).orderId, amount: 1 });
        },
      }),
      stepOf({ name: 'watch', on: [PaymentAuthorized], handle: () => {} }),
    ];
    const { names, manager } = stage;
    await setAckWait(manager, { names, steps: chain, streams: SMALL_STREAMS, ackWaitMs: ACK_WAIT_MS });
    const { producer } = await stage.app([], { app: 'storefront' });
    await Promise.all(
      Array.from({ length: COUNT }, (_, n) => producer.send(OrderPlaced, { orderId: `${n}` })),
    );
    const app = await stage.app(chain);
    await until('some are processed', () => calls > 100);
    await stage.server.kill();
    await until('it is noticed', () => !app.status().ready);
    await stage.server.restart();
    await until('it is ready again', () => app.status().ready);
    // What was answered on the dead connection comes back after the ack wait.
    await stage.settled(stage.durable('authorize'), undefined, 60_000);
    await stage.settled(stage.durable('watch', PaymentAuthorized), undefined, 60_000);
    const orders = (await stage.events(PaymentAuthorized)).map(({ orderId }) => orderId);
    expect(new Set(orders).size).toBe(COUNT);
    expect(orders).toHaveLength(COUNT);
    expect(await stage.deadLetters()).toEqual([]);
  }, 150_000);

  it('while a handler runs: what it ends in meanwhile is answered when it is back, and no handler runs twice', async () => {
    const stage = await Stage.on(await startServer());
    const calls: string[] = [];
    let finish = () => {};
    const finished = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const handle = async (order: object) => {
      calls.push((order as OrderPlaced).orderId);
      await finished;
    };
    const app = await stage.app([stepOf({ handle })]);
    for (let n = 0; n < 10; n++) await stage.order(`${n}`);
    await until('all are handled', () => calls.length === 10);
    await stage.server.kill('SIGTERM'); // killed, the broker may forget what it had handed out
    // Before that its end is known: what is answered in between is lost with the connection.
    await until('the connection is lost', () => app.connection.state === 'disconnected');
    finish();
    await stage.server.restart();
    await stage.settled(stage.durable('authorize'), undefined, 60_000);
    expect(calls).toHaveLength(10); // what waits for the ack wait is handled again
  }, 90_000);
});

describe('a consumer that is deleted under a running step', () => {
  it('is named in the status, and the step goes on once it is there again', async () => {
    const stage = await Stage.on(await startServer());
    const handled: string[] = [];
    const handle = (order: object) => void handled.push((order as OrderPlaced).orderId);
    const app = await stage.app([stepOf({ handle })]);
    await stage.order('1');
    await until('it is handled', () => handled.length === 1);
    const durable = stage.durable('authorize');
    const { config } = await stage.manager.consumers.info(stage.names.events, durable);
    await stage.manager.consumers.delete(stage.names.events, durable);
    const problem = await until('it is said', () => app.status().problems[0]);
    expect(problem).toContain(durable);
    expect(app.status().ready).toBe(false);
    await stage.manager.consumers.add(stage.names.events, { ...config, ack_policy: AckPolicy.Explicit });
    await until('it is ready again, though nothing comes', () => app.status().ready && handled.length === 2);
    await stage.order('2');
    await until('it is handled', () => handled.length === 3);
    expect(handled).toEqual(['1', '1', '2']); // the new consumer begins anew
  });
});
