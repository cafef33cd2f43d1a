import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { RetryAfter, TerminalError } from '../errors.ts';
import { OrderPlaced, PaymentAuthorized, SMALL_STREAMS, stepOf, until } from '../fixtures.spec.support.ts';
import type { Instrumentation, ObservedMessage } from '../instrumentation.ts';
import { next } from '../step.ts';
import { Stage } from './stage.spec.support.ts';

let server: NatsServer;
let stage: Stage;
let begun: (readonly [ObservedMessage, redelivered: boolean])[];
let ended: string[];

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

beforeEach(async () => {
  stage = await Stage.on(server);
  begun = [];
  ended = [];
});

const instrumentation: Instrumentation = {
  process: (_step, message, redelivered) => {
    const n = begun.push([message, redelivered]);
    return {
      run: (handler) => handler(),
      end: (outcome, error) => {
        ended.push(
          [n, outcome, ...(error === undefined ? [] : [(error as Error).constructor.name])].join(' '),
        );
      },
    };
  },
  send: () => ({ headers: {}, end: () => {} }),
};

describe('an observer', () => {
  it('is told of each delivery, and once how it ended', async () => {
    const handle = (order: object, { attempt }: { attempt: number }) => {
      const { orderId } = order as OrderPlaced;
      if (orderId === 'never') throw new TerminalError('never');
      if (orderId === 'later' && attempt === 1) throw new RetryAfter(1);
    };
    await stage.app([stepOf({ concurrency: 1, handle })], { instrumentation });
    await stage.order('done');
    await until('it ended', () => ended.length === 1);
    await stage.order('never');
    await until('it ended', () => ended.length === 2);
    await stage.order('later');
    await until('both ended', () => ended.length === 4);
    await stage.order('broken', {}, 'noise');
    await until('it ended', () => ended.length === 5);
    await stage.settled(stage.durable('authorize'));
    expect(ended).toEqual([
      '1 done',
      '2 dead-lettered TerminalError',
      '3 retried RetryAfter',
      '4 done',
      '5 dead-lettered ContractViolationError',
    ]);
    expect(begun.map(([{ id }, redelivered]) => [id, redelivered])).toEqual([
      ['done', false],
      ['never', false],
      ['later', false],
      ['later', true],
      [undefined, false],
    ]);
  });

  it('is told once of what is handed back: for an outage, and at the end of the grace', async () => {
    const { state } = await filled();
    const sending = await stage.app(
      [
        stepOf({
          emits: [PaymentAuthorized],
          handle: () => next(PaymentAuthorized, { orderId: '1', amount: 1 }),
        }),
      ],
      { instrumentation, streams: { ...SMALL_STREAMS, eventsMaxBytes: state.bytes } },
    );
    await until('it is handed back', () => ended.length > 0);
    await sending.stop();
    expect(new Set(ended.map((end) => end.replace(/^\d+ /, '')))).toEqual(
      new Set(['handed-back StreamFullError']),
    );
    expect(ended).toHaveLength(begun.length);
    begun = [];
    ended = [];
    const hanging = await stage.app([stepOf({ name: 'hang', handle: () => new Promise(() => {}) })], {
      instrumentation,
      streams: { ...SMALL_STREAMS, eventsMaxBytes: state.bytes },
    });
    await until('it is handled', () => begun.length === 1);
    await hanging.stop(10);
    expect(ended).toEqual(['1 handed-back Error']);
  });
});

/** One order in a stream that takes no more. */
async function filled() {
  await stage.app([], { app: 'storefront' });
  await stage.order('1');
  const { state, config } = await stage.manager.streams.info(stage.names.events);
  await stage.manager.streams.update(config.name, { ...config, max_bytes: state.bytes });
  return { state };
}
