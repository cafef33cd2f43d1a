import { jetstream } from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OperationStateError } from './errors.ts';
import type { Mark } from './mark.ts';
import type { Operation } from './operation.ts';
import { AUTHOR, all, lettersOf, Surgery } from './surgery.spec.support.ts';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

const EVERYTHING = { filter: {} };
const numbered = (count: number): string[] => Array.from({ length: count }, (_, n) => `order-${n}`);

describe('an operation', () => {
  it('pauses when told, says so, and is resumed by another process without doubling', async () => {
    const surgery = await Surgery.on(server);
    await surgery.deadLetter(...numbered(300));
    surgery.broken = false;
    const stop = new AbortController();
    const paused = await surgery.letters.redrive(EVERYTHING, {
      ...AUTHOR,
      signal: stop.signal,
      onProgress: () => stop.abort(),
    });
    expect(paused).toMatchObject({ state: 'paused', counts: { done: 128 } });
    const other = await lettersOf(server, surgery.stage.prefix);
    expect(await other.resume(paused.id)).toMatchObject({ state: 'done', counts: { done: 300, failed: 0 } });
    expect(await surgery.redriven()).toHaveLength(300);
  });

  it('is paused from elsewhere', async () => {
    const surgery = await Surgery.on(server);
    await surgery.deadLetter(...numbered(60));
    surgery.broken = false;
    const other = await lettersOf(server, surgery.stage.prefix);
    let pausing: Promise<Operation> | undefined;
    const operation = await surgery.letters.redrive(EVERYTHING, {
      ...AUTHOR,
      ratePerSecond: 50,
      onProgress: ({ id }) => {
        pausing ??= other.pause(id, 'bob');
      },
    });
    expect(operation).toMatchObject({ state: 'paused', note: 'paused by bob' });
    expect(await pausing).toMatchObject({ id: operation.id, state: 'paused' });
    const sent = (await surgery.redriven()).length;
    expect(sent).toBeLessThan(60);
    await expect(other.pause(operation.id, 'bob')).rejects.toThrow(OperationStateError);
    expect(await surgery.letters.resume(operation.id)).toMatchObject({ state: 'done', counts: { done: 60 } });
    expect(await surgery.redriven()).toHaveLength(60);
  });

  it('that is taken over ends in the first process and is finished by the second', async () => {
    const surgery = await Surgery.on(server);
    await surgery.deadLetter(...numbered(60));
    surgery.broken = false;
    const other = await lettersOf(server, surgery.stage.prefix);
    let second: Promise<Operation> | undefined;
    await surgery.letters.redrive(EVERYTHING, {
      ...AUTHOR,
      ratePerSecond: 100,
      onProgress: ({ id }) => {
        second ??= other.resume(id);
      },
    });
    expect(await second).toMatchObject({ state: 'done', counts: { done: 60 } });
    expect(await surgery.redriven()).toHaveLength(60);
  });

  it('that died at any point is resumed without doubling, also when the broker has forgotten the ids', async () => {
    const surgery = await Surgery.on(server, {}, { duplicateWindowMs: 100 });
    await surgery.deadLetter(...numbered(200));
    surgery.broken = false;
    const { id } = await surgery.letters.redrive(EVERYTHING, AUTHOR);
    const { names, client } = surgery.stage;
    const bucket = await new Kvm(jetstream(client)).open(names.bucket('ops_dead_letters'));
    const record = (await bucket.get(`operation.${id}`))?.json<Operation>();
    // As a process leaves it that is killed after it sent a chunk: sent, in part noted, the record behind.
    const counts = { done: 0, skipped: 0, refused: 0, failed: 0 };
    const behind = { ...record, state: 'running', cursor: 0, settledUpTo: 0, stage: 0, targets: {}, counts };
    await bucket.put(`operation.${id}`, JSON.stringify(behind));
    for (let letter = 1; letter <= 200; letter += 2) {
      const mark = (await bucket.get(`letter.${letter}`))?.json<Mark>();
      const redrives = mark?.redrives.map(({ seq: _unknown, ...redrive }) => redrive);
      await bucket.put(`letter.${letter}`, JSON.stringify({ ...mark, redrives }));
    }
    const other = await lettersOf(server, surgery.stage.prefix);
    expect(await other.resume(id)).toMatchObject({ state: 'done', counts: { done: 200, failed: 0 } });
    expect(await surgery.redriven()).toHaveLength(200);
    expect((await bucket.get('letter.1'))?.json<Mark>().redrives).toMatchObject([{ operation: id, seq: 1 }]);
  });

  it('keeps to its rate', async () => {
    const surgery = await Surgery.on(server);
    await surgery.deadLetter(...numbered(30));
    surgery.broken = false;
    await surgery.letters.redrive(EVERYTHING, { ...AUTHOR, ratePerSecond: 20 });
    const times = (await surgery.redriven()).map(({ time }) => time.getTime());
    const seconds = ((times.at(-1) ?? 0) - (times[0] ?? 0)) / 1_000;
    expect(seconds).toBeGreaterThan(1.3); // 29 gaps of at least 50 ms, less what the clock rounds
  });

  it('is recorded with who, when, why and how it ended', async () => {
    const surgery = await Surgery.on(server);
    await surgery.deadLetter('1');
    surgery.broken = false;
    const { id } = await surgery.letters.redrive(EVERYTHING, AUTHOR);
    const records = await all(surgery.letters.operations());
    expect(records).toMatchObject([
      { id, kind: 'redrive', ...AUTHOR, state: 'done', selection: EVERYTHING, counts: { done: 1 } },
    ]);
    expect(Date.parse(records[0]?.updatedAt ?? '')).toBeGreaterThanOrEqual(
      Date.parse(records[0]?.startedAt ?? ''),
    );
    expect(await surgery.letters.operation(id)).toEqual(records[0]);
  });

  it('redrives 5,000 letters in bounded memory', { timeout: 120_000 }, async () => {
    const surgery = await Surgery.on(server);
    await surgery.deadLetter(...numbered(5_000));
    surgery.broken = false;
    const before = process.memoryUsage().heapUsed;
    let most = 0;
    const operation = await surgery.letters.redrive(EVERYTHING, {
      ...AUTHOR,
      onProgress: () => {
        most = Math.max(most, process.memoryUsage().heapUsed);
      },
    });
    expect(operation).toMatchObject({ state: 'done', counts: { done: 5_000, failed: 0 } });
    expect(surgery.authorized).toHaveLength(10_000);
    expect(new Set(surgery.authorized).size).toBe(5_000);
    expect((most - before) / 1024 / 1024).toBeLessThan(150);
  });
});
