import { setTimeout as delay } from 'node:timers/promises';
import { Contract } from '@troupe/contract';
import { IsString, ValidateIf } from 'class-validator';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  connectTo,
  keptLog,
  managerOf,
  OrderPlaced,
  PaymentAuthorized,
  runtimeOf,
  startServer,
  stepOf,
  until,
} from '../fixtures.spec.support.ts';
import type { StepContext } from '../step.ts';
import { next } from '../step.ts';
import { Runtime } from './runtime.ts';

describe('an app', () => {
  it('is ready once started, and not before nor after', async () => {
    const runtime = runtimeOf(await startServer(), { steps: [stepOf()] });
    expect(runtime.status()).toEqual({ ready: false, problems: ['The broker does not answer yet.'] });
    await Promise.all([runtime.start(), runtime.start()]);
    expect(runtime.status()).toEqual({ ready: true, problems: [] });
    await runtime.stop();
    expect(runtime.status()).toEqual({ ready: false, problems: ['The app is stopping.'] });
  });

  it('that cannot work as declared is refused before it connects', () => {
    expect(() => new Runtime({ app: 'payments', version: '1.0.0', steps: [stepOf({ on: [] })] })).toThrow(
      expect.objectContaining({ code: 'TROUPE_STEP_DEFINITION' }),
    );
  });

  it('says at start which contract is not compiled, and why', async () => {
    @Contract({ type: 'order.audited', version: 1, kind: 'event', owner: 'storefront' })
    class OrderAudited {
      @ValidateIf(() => true)
      @IsString()
      orderId!: string;
    }
    const log = keptLog();
    const runtime = runtimeOf(await startServer(), { produces: [OrderAudited, OrderPlaced], log });
    await runtime.start();
    expect(log.lines.filter((line) => line.includes('is not compiled'))).toEqual([
      expect.stringMatching(/^warn: order\.audited\.v1 .*orderId.*ValidateIf/),
    ]);
  });

  it('runs its steps on what its producer sends', async () => {
    const seen: [OrderPlaced, StepContext][] = [];
    const handle = (order: object, context: StepContext): void => {
      seen.push([order as OrderPlaced, context]);
    };
    const runtime = runtimeOf(await startServer(), { produces: [OrderPlaced], steps: [stepOf({ handle })] });
    await runtime.start();
    const sent = await runtime.producer.send(OrderPlaced, { orderId: '4711' });
    const [[order, context]] = await until('it is handled', () =>
      seen.length > 0 ? (seen as [(typeof seen)[0]]) : undefined,
    );
    expect(order).toEqual({ orderId: '4711' });
    expect(context).toMatchObject({ id: sent.id, flowId: sent.flowId, source: '/storefront', attempt: 1 });
  });
});

describe('while the broker is away', () => {
  it('at start, the app waits, says so, and is ready when it comes', async () => {
    const server = await startServer();
    await server.kill();
    const log = keptLog();
    const runtime = runtimeOf(server, { steps: [stepOf()], log });
    let started = false;
    const start = runtime.start().then(() => {
      started = true;
    });
    await until('it says so', () => log.lines.some((line) => line.includes('waiting for it')));
    expect(started).toBe(false);
    expect(runtime.status()).toEqual({ ready: false, problems: ['The broker does not answer yet.'] });
    await server.restart();
    await start;
    expect(runtime.status().ready).toBe(true);
  });

  it('later, the app is not ready, and goes on when it is back', async () => {
    const server = await startServer();
    const handle = vi.fn();
    const runtime = runtimeOf(server, { produces: [OrderPlaced], steps: [stepOf({ handle })] });
    await runtime.start();
    await server.kill();
    await until('it is not ready', () => !runtime.status().ready);
    expect(runtime.status().problems).toEqual(['The broker is away.']);
    await server.restart();
    await until('it is ready again', () => runtime.status().ready);
    await runtime.producer.send(OrderPlaced, { orderId: '1' });
    await until('it is handled', () => handle.mock.calls.length === 1);
  });

  it('and goes in the middle of a start, the start goes on when it is back', async () => {
    const server = await startServer();
    const runtimes = Array.from({ length: 5 }, (_, i) =>
      runtimeOf(server, { app: `app-${i}`, steps: [stepOf()] }),
    );
    const starts = runtimes.map((runtime) => runtime.start());
    await until('one is connected', () =>
      runtimes.some(({ connection }) => connection.state === 'connected'),
    );
    await server.kill();
    await server.restart();
    await Promise.all(starts);
    await until('all are ready', () => runtimes.every((runtime) => runtime.status().ready));
  });

  it.each(['never there', 'gone', 'frozen'])('%s, the app stops within seconds', async (how) => {
    const server = await startServer();
    const runtime = runtimeOf(server, { steps: [stepOf()] });
    if (how === 'never there') await server.kill();
    const start = runtime.start();
    if (how !== 'never there') await start;
    if (how === 'gone') await server.kill();
    if (how === 'frozen') await server.kill('SIGSTOP');
    const asked = performance.now();
    await Promise.all([runtime.stop(500), runtime.stop(500)]);
    await start; // resolves, though it never ran
    expect(performance.now() - asked).toBeLessThan(20_000);
    expect(runtime.status().ready).toBe(false);
  });
});

describe('a start', () => {
  it('that a stop overtakes resolves, and nothing runs', async () => {
    const server = await startServer();
    for (let wait = 0; wait < 12; wait++) {
      const runtime = runtimeOf(server, { app: `app-${wait}`, steps: [stepOf()] });
      const start = runtime.start();
      await delay(wait); // anywhere in the middle
      await runtime.stop();
      await start;
      expect(runtime.connection.state).toBe('closed');
    }
    const last = runtimeOf(server);
    await last.start();
    await (await connectTo(server)).request('evt.order.placed.v1.0', '{}');
    const manager = await managerOf(server);
    for await (const consumer of manager.consumers.list('EVENTS')) {
      expect(consumer).toMatchObject({ num_waiting: 0, num_ack_pending: 0, num_pending: 1 }); // nobody pulls
    }
  });

  it('after the stop resolves, and nothing runs', async () => {
    const runtime = runtimeOf(await startServer());
    await runtime.stop();
    await runtime.start();
    expect(runtime.status().ready).toBe(false);
  });

  it('that a person must see to rejects, says why in the status, and can be stopped', async () => {
    const server = await startServer();
    const runtime = runtimeOf(server, { topology: 'verify' });
    await expect(runtime.start()).rejects.toMatchObject({ code: 'TROUPE_TOPOLOGY_MISSING' });
    expect(runtime.status().problems).toEqual([
      expect.stringMatching(/not verified yet: The broker has no stream EVENTS/),
    ]);
    await runtime.stop();
  });

  it('that the broker cannot serve yet is tried again, with one line in the log, and the reason in the status', async () => {
    const server = await startServer();
    const manager = await managerOf(server);
    await manager.streams.add({ name: 'OTHER', subjects: ['evt.order.>'] }); // overlaps EVENTS
    const log = keptLog();
    const runtime = runtimeOf(server, { log });
    const start = runtime.start();
    await until('it says so', () => runtime.status().problems.some((problem) => problem.includes('overlap')));
    await delay(1_200); // two more tries
    expect(log.lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
    await manager.streams.delete('OTHER');
    await start;
    expect(runtime.status().ready).toBe(true);
  });
});

describe('a stop', () => {
  it('finishes what runs: its output is stored, and nothing is handed out again', async () => {
    const server = await startServer();
    const manager = await managerOf(server);
    const running = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const runtime = runtimeOf(server, {
      produces: [OrderPlaced],
      steps: [
        stepOf({
          emits: [PaymentAuthorized],
          handle: async () => {
            running.resolve();
            await release.promise;
            return next(PaymentAuthorized, { orderId: '1', amount: 5 });
          },
        }),
      ],
    });
    await runtime.start();
    await runtime.producer.send(OrderPlaced, { orderId: '1' });
    await running.promise;
    const stopped = runtime.stop();
    release.resolve();
    await stopped;
    const info = await manager.consumers.info('EVENTS', 'storefront__authorize__order_placed_v1');
    expect(info).toMatchObject({ num_pending: 0, num_ack_pending: 0 });
    expect((await manager.streams.info('EVENTS')).state.messages).toBe(2);
  });

  it('that is only a drain ends the steps, and the producer still sends', async () => {
    const server = await startServer();
    const runtime = runtimeOf(server, { produces: [OrderPlaced], steps: [stepOf()] });
    await runtime.start();
    await runtime.drain();
    expect(runtime.status()).toEqual({ ready: false, problems: ['The app is stopping.'] });
    expect(await runtime.producer.send(OrderPlaced, { orderId: '1' })).toMatchObject({ seq: 1 });
    const manager = await managerOf(server);
    const info = await manager.consumers.info('EVENTS', 'storefront__authorize__order_placed_v1');
    expect(info).toMatchObject({ num_pending: 1, num_ack_pending: 0 });
  });

  it('leaves no timer behind, started or not', async () => {
    const begun = vi.spyOn(globalThis, 'setInterval');
    const cleared = vi.spyOn(globalThis, 'clearInterval');
    onTestFinished(() => void vi.restoreAllMocks());
    const server = await startServer();
    const runtime = runtimeOf(server, { steps: [stepOf()], produces: [OrderPlaced] });
    await runtime.start();
    await runtime.stop();
    await runtimeOf(server).stop();
    expect(begun.mock.results.length).toBeGreaterThan(0);
    for (const { value } of begun.mock.results) expect(cleared).toHaveBeenCalledWith(value);
  });
});
