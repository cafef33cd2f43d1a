import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RetryAfter } from '../errors.ts';
import { until } from '../fixtures.spec.support.ts';
import { OperationStateError } from './errors.ts';
import { CANARY } from './options.ts';
import { AUTHOR, all, lettersOf, Surgery } from './surgery.spec.support.ts';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

const EVERYTHING = { filter: {} };
const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `order-${n}`);

describe('a redrive', () => {
  it('goes to the step that failed and to no other', async () => {
    const surgery = await Surgery.on(server);
    const [letter = 0] = await surgery.deadLetter('1');
    await until('the other step has it', () => surgery.counted.length === 1);
    surgery.broken = false;
    const operation = await surgery.letters.redrive({ seqs: [letter] }, AUTHOR);
    expect(operation).toMatchObject({ state: 'done', by: 'ada', counts: { done: 1, failed: 0, refused: 0 } });
    expect(surgery.authorized).toEqual(['1', '1']);
    expect(surgery.counted).toEqual(['1']);
    expect(surgery.contexts[1]).toMatchObject({ id: '1', source: '/foreign', attempt: 1 });
    expect(surgery.contexts[1]?.idempotencyKey).toBe(surgery.contexts[0]?.idempotencyKey);
    expect((await surgery.letters.show(letter)).redrives).toMatchObject([
      { number: 1, operation: operation.id, by: 'ada', result: 'done' },
    ]);
  });

  it('carries the message as it was, says where it comes from, and leaves the failure behind', async () => {
    const surgery = await Surgery.on(server);
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
    const seq = await surgery.stage.order('1', { traceparent, 'x-own': 'kept', 'ce-correlationid': 'flow' });
    await until('it is dead-lettered', async () => (await surgery.stage.deadLetters()).length === 1);
    const [letter] = await surgery.stage.deadLetters();
    const operation = await surgery.letters.redrive(EVERYTHING, AUTHOR);
    const [sent] = await surgery.redriven();
    const header = (name: string) => sent?.header.get(name);
    expect(sent?.data).toEqual(letter?.data);
    expect(header('ce-id')).toBe('1');
    expect(header('ce-correlationid')).toBe('flow');
    expect(header('traceparent')).toBe(traceparent);
    expect(header('x-own')).toBe('kept');
    expect(header('x-original-seq')).toBe(String(seq));
    expect(header('x-redrive-of')).toBe(String(letter?.seq));
    expect(header('x-redrive-count')).toBe('1');
    expect(header('x-redrive-operation')).toBe(operation.id);
    expect(header('Nats-Msg-Id')).not.toBe(letter?.header.get('Nats-Msg-Id'));
    for (const gone of ['x-attempt', 'x-dead-letter-reason', 'x-dlq-error-stack', 'x-delivery-count'])
      expect(sent?.header.has(gone)).toBe(false);
  });

  it('that fails again makes a new letter with a higher count, linked to the first', async () => {
    const surgery = await Surgery.on(server);
    const [letter = 0] = await surgery.deadLetter('1');
    const first = await surgery.letters.redrive({ seqs: [letter] }, AUTHOR);
    expect(first).toMatchObject({ state: 'done', counts: { done: 1, failed: 1 } });
    const open = await all(surgery.letters.list());
    expect(open).toMatchObject([{ redriveCount: 1, redriveOf: letter, operation: first.id, state: 'open' }]);
    expect((await surgery.letters.show(letter)).redrives).toMatchObject([
      { result: 'failed', failedAs: open[0]?.seq },
    ]);
    await surgery.letters.redrive(EVERYTHING, AUTHOR);
    expect((await surgery.redriven()).map(({ header }) => header.get('x-redrive-count'))).toEqual(['1', '2']);
  });

  it('of what was redriven before does nothing, unless it is wanted again', async () => {
    const surgery = await Surgery.on(server);
    const [letter = 0] = await surgery.deadLetter('1');
    surgery.broken = false;
    await surgery.letters.redrive(EVERYTHING, AUTHOR);
    expect(await surgery.letters.redrive(EVERYTHING, AUTHOR)).toMatchObject({
      counts: { done: 0, skipped: 0 },
    });
    const named = await surgery.letters.redrive({ seqs: [letter, 999] }, AUTHOR);
    expect(named.counts).toMatchObject({ done: 0, skipped: 1 });
    expect(surgery.authorized).toEqual(['1', '1']);
    await surgery.letters.redrive({ seqs: [letter] }, { ...AUTHOR, again: true });
    expect(surgery.authorized).toEqual(['1', '1', '1']);
  });

  it('by two people at once sends each letter once', async () => {
    const surgery = await Surgery.on(server);
    await surgery.deadLetter(...numbered(300));
    surgery.broken = false;
    const other = await lettersOf(server, surgery.stage.prefix);
    const operations = await Promise.all([
      surgery.letters.redrive(EVERYTHING, AUTHOR),
      other.redrive(EVERYTHING, { by: 'bob', why: 'me too' }),
    ]);
    expect(operations.map(({ state }) => state)).toEqual(['done', 'done']);
    expect(operations.reduce((sum, { counts }) => sum + counts.done, 0)).toBe(300);
    expect(await surgery.redriven()).toHaveLength(300);
  });

  it('takes a selection by number, a group, or all of a filter', async () => {
    const surgery = await Surgery.on(server);
    const [first = 0, , third = 0] = await surgery.deadLetter('1', '2', '3');
    await surgery.stage.order('4', {}, 'noise');
    await until('it is dead-lettered', async () => (await surgery.stage.deadLetters()).length === 5); // by both steps
    surgery.broken = false;
    await surgery.letters.redrive({ seqs: [third, first] }, AUTHOR);
    expect(surgery.authorized.length).toBe(5);
    const { groups } = await surgery.letters.groups({ reason: 'terminal-error' });
    const fingerprint = groups[0]?.fingerprint;
    await surgery.letters.redrive({ filter: { fingerprint } }, AUTHOR);
    expect(surgery.authorized.length).toBe(6);
    const rest = await surgery.letters.redrive({ filter: { step: 'count' } }, AUTHOR);
    expect(rest.counts).toMatchObject({ done: 1, failed: 1 });
  });

  it('of a letter whose step is gone is refused, and the letter stays open', async () => {
    const surgery = await Surgery.on(server);
    await surgery.deadLetter('1');
    await surgery.stage.manager.consumers.delete(surgery.stage.names.delayed('shop'), 'shop__authorize');
    const operation = await surgery.letters.redrive(EVERYTHING, AUTHOR);
    expect(operation).toMatchObject({ state: 'done', counts: { done: 0, refused: 1 } });
    expect(await all(surgery.letters.list())).toHaveLength(1);
  });

  it('counts what is retried as pending, and as failed when the retries are used up', async () => {
    let calls = 0;
    const surgery = await Surgery.on(server, {
      retry: { attempts: 2, initialDelayMs: 1, maxDelayMs: 10 },
      handle: () => {
        if (++calls === 3) throw new RetryAfter(6_000); // longer than a short wait: a schedule
        throw new Error('still down');
      },
    });
    await surgery.deadLetter('1');
    const hasty = await surgery.letters.redrive(EVERYTHING, { ...AUTHOR, answerWithinMs: 500 });
    expect(hasty).toMatchObject({ state: 'waiting', counts: { done: 1, failed: 0 } });
    expect(await surgery.letters.resume(hasty.id)).toMatchObject({
      state: 'done',
      counts: { done: 1, failed: 1 },
    });
    expect(calls).toBe(4);
  });
});

describe('a canary', () => {
  it('stops when it fails again: the rest is not sent', async () => {
    const surgery = await Surgery.on(server);
    await surgery.deadLetter(...numbered(40));
    const operation = await surgery.letters.redrive(EVERYTHING, { ...AUTHOR, canary: CANARY });
    expect(operation).toMatchObject({ state: 'stopped', stage: 0, counts: { done: 1, failed: 1 } });
    expect(await surgery.redriven()).toHaveLength(1);
    expect(await all(surgery.letters.list())).toHaveLength(40); // 39 and the new one
    await expect(surgery.letters.resume(operation.id)).rejects.toThrow(OperationStateError);
  });

  it('stops in its second stage too', async () => {
    const surgery = await Surgery.on(server);
    await surgery.deadLetter(...numbered(40));
    const orders = await all(surgery.letters.list());
    const fifth = orders[4]?.event.id ?? '';
    surgery.broken = new Set([fifth]);
    const operation = await surgery.letters.redrive(EVERYTHING, { ...AUTHOR, canary: CANARY });
    expect(operation).toMatchObject({ state: 'stopped', stage: 1, counts: { done: 11, failed: 1 } });
    expect(await surgery.redriven()).toHaveLength(11);
    const redriven = await all(surgery.letters.list({}, ['redriven']));
    const results = redriven.map(({ redrives }) => redrives[0]?.result);
    expect(results.map((result) => result === 'done')).toEqual(results.map((_, i) => i !== 4));
    expect(results[4]).toBe('failed');
  });

  it('lets the rest go when all is well', async () => {
    const surgery = await Surgery.on(server);
    await surgery.deadLetter(...numbered(40));
    surgery.broken = false;
    const stages: number[] = [];
    const operation = await surgery.letters.redrive(EVERYTHING, {
      ...AUTHOR,
      canary: CANARY,
      onProgress: ({ stage, counts }) => {
        if (stages[stage] === undefined) stages[stage] = counts.done;
      },
    });
    expect(operation).toMatchObject({ state: 'done', counts: { done: 40, failed: 0 } });
    expect(stages).toEqual([1, 1, 11]);
    expect(await surgery.redriven()).toHaveLength(40);
  });
});
