import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import {
  BrokerUnavailableError,
  EffectsUnavailableError,
  type HandlerTimeoutError,
  RetryAfter,
  TerminalError,
} from '../errors.ts';
import { OrderPlaced, PaymentAuthorized, stepOf, until } from '../fixtures.spec.support.ts';
import { next, type StepContext } from '../step.ts';
import { FileEffects, type Notes } from './file-effects.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

let server: NatsServer;
let stage: Stage;
/** Attempt of each call. */
let calls: number[];

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

beforeEach(async () => {
  stage = await Stage.on(server);
  calls = [];
});

const emits = [PaymentAuthorized];
const retry = { attempts: 2, initialDelayMs: 1, maxDelayMs: 5, immediate: 3 };

/** Fails as told, call by call, then succeeds. */
function failing(...thrown: (() => unknown)[]) {
  return (order: object, { attempt }: StepContext) => {
    const fail = thrown[calls.push(attempt) - 1];
    if (fail !== undefined) throw fail();
    return next(PaymentAuthorized, { orderId: (order as OrderPlaced).orderId, amount: 1 });
  };
}

function times(count: number, make: () => unknown): (() => unknown)[] {
  return Array.from({ length: count }, () => make);
}

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'troupe-effects-'));
  onTestFinished(() => rm(made, { recursive: true, force: true }));
  return made;
}

describe('a handler with immediate tries', () => {
  it.each([
    ['throws', (handle: ReturnType<typeof failing>) => handle],
    [
      'rejects',
      (handle: ReturnType<typeof failing>) =>
        async (...of: Parameters<typeof handle>) =>
          handle(...of),
    ],
  ])(
    'that %s is called again at once within its attempt, on one delivery, and each failure is told',
    async (_how, as) => {
      await stage.app([stepOf({ emits, retry, handle: as(failing(...times(3, () => new Error('busy')))) })]);
      await stage.order('1');
      await stage.settled(stage.durable('authorize'));
      expect(calls).toEqual([1, 1, 1, 1]);
      expect(await stage.events(PaymentAuthorized)).toEqual([{ orderId: '1', amount: 1 }]);
      const { delivered } = await stage.manager.consumers.info(
        stage.names.events,
        stage.durable('authorize'),
      );
      expect(delivered.consumer_seq).toBe(1);
      await until('all are told', async () => (await stage.notices('retry')).length === 3);
      const [first, , third] = await stage.notices('retry');
      expect(first).toMatchObject({
        reason: 'retry',
        message: 'busy',
        attempt: 1,
        immediate: 1,
        event: { id: '1' },
      });
      expect(third).toMatchObject({ attempt: 1, immediate: 3 });
      expect(Math.abs(Date.parse(first?.nextAt ?? '') - Date.now())).toBeLessThan(15_000);
    },
  );

  it('is paced once they are used up, and dead-lettered after its attempts', async () => {
    await stage.app([stepOf({ emits, retry, handle: failing(...times(99, () => new Error('no'))) })]);
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    expect(calls).toEqual([1, 1, 1, 1, 2, 2, 2, 2]);
    const [letter, ...more] = await stage.deadLetters();
    expect(more).toEqual([]);
    expect(letter?.header.get('x-dead-letter-reason')).toBe('retries-exhausted');
    expect(letter?.header.get('x-attempt')).toBe('2');
    await until('all are told', async () => (await stage.notices('retry')).length === 7);
    expect((await stage.notices('retry')).map(({ immediate }) => immediate)).toEqual([
      1,
      2,
      3,
      undefined,
      1,
      2,
      3,
    ]);
  });

  it('gets the message as it came each time, whatever it did to it', async () => {
    const seen: string[] = [];
    const handle = (order: object) => {
      seen.push((order as OrderPlaced).orderId);
      Object.assign(order, { orderId: 'changed' });
      if (seen.length < 3) throw new Error('busy');
    };
    await stage.app([stepOf({ retry, handle })]);
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    expect(seen).toEqual(['1', '1', '1']);
  });

  it.each([
    ['TerminalError', () => new TerminalError('never'), [1]],
    ['RetryAfter', () => new RetryAfter(1), [1, 2]],
    ['an outage of the broker', () => new BrokerUnavailableError('away'), [1, 2]],
  ])('is not called again at once after %s', async (_what, thrown, expected) => {
    await stage.app([stepOf({ emits, retry, handle: failing(...times(9, thrown)) })]);
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    expect(calls).toEqual(expected);
  });

  it('has one time for all calls of an attempt: when it is over, the next attempt is paced', async () => {
    const told: string[] = [];
    const handle = async (_order: object, { attempt, signal }: StepContext) => {
      calls.push(attempt);
      if (attempt === 2) return;
      signal.addEventListener('abort', () => told.push((signal.reason as HandlerTimeoutError).code), {
        once: true,
      });
      await delay(50);
      throw new Error('busy');
    };
    await stage.app([stepOf({ retry: { ...retry, immediate: 100 }, timeoutMs: 200, handle })]);
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    expect(calls.filter((attempt) => attempt === 1).length).toBeLessThan(100);
    expect(calls.filter((attempt) => attempt === 2)).toHaveLength(1);
    expect(new Set(told)).toEqual(new Set(['TROUPE_HANDLER_TIMEOUT']));
  });
});

describe('immediate tries with effects', () => {
  it('each have a transaction of their own: what the failed ones wrote is gone', async () => {
    const effects = new FileEffects(await folder());
    const handle = (order: object, { attempt }: StepContext, transaction: unknown) => {
      const notes = transaction as Notes;
      notes.push(`call ${calls.push(attempt)}`);
      if (calls.length < 3) throw new Error('busy');
      return next(PaymentAuthorized, { orderId: (order as OrderPlaced).orderId, amount: notes.length });
    };
    await stage.app([stepOf({ emits, retry, effects, handle })]);
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    expect(calls).toEqual([1, 1, 1]);
    expect(effects.begun).toBe(3);
    expect(effects.notes()).toEqual(['call 3']);
    expect(await stage.events(PaymentAuthorized)).toEqual([{ orderId: '1', amount: 1 }]);
  });

  it('follow a commit that failed', async () => {
    class Contended extends FileEffects {
      override async process(...given: Parameters<FileEffects['process']>) {
        const [key, work] = given;
        return super.process(key, async (notes) => {
          const outputs = await work(notes);
          if (this.begun === 1) throw new Error('could not serialize access');
          return outputs;
        });
      }
    }
    const effects = new Contended(await folder());
    await stage.app([stepOf({ emits, retry, effects, handle: failing() })]);
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    expect(calls).toEqual([1, 1]);
    expect(await stage.events(PaymentAuthorized)).toHaveLength(1);
  });

  it('are not made while the effects are away: the message is handed back, and no attempt is counted', async () => {
    class Away extends FileEffects {
      override process(...given: Parameters<FileEffects['process']>) {
        if (this.begun++ === 0) return Promise.reject(new EffectsUnavailableError('away'));
        return super.process(...given);
      }
    }
    const effects = new Away(await folder());
    await stage.app([stepOf({ emits, retry, effects, handle: failing() })]);
    await stage.order('1');
    await stage.settled(stage.durable('authorize'));
    expect(calls).toEqual([1]);
    expect(await stage.notices('retry')).toEqual([]);
    await until('it is told', async () => (await stage.notices('outage')).length === 1);
  });
});
