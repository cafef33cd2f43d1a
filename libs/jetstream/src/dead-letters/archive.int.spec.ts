import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AUTHOR, all, Surgery } from './surgery.spec.support.ts';

let server: NatsServer;

beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

const numbers = async (letters: AsyncIterable<{ seq: number }>) => (await all(letters)).map(({ seq }) => seq);

describe('an archived letter', () => {
  it('is not listed among the open ones, is kept, and comes back when restored', async () => {
    const surgery = await Surgery.on(server);
    await surgery.deadLetter('1', '2', '3');
    const archived = await surgery.letters.archive({ seqs: [1, 3] }, AUTHOR);
    expect(archived).toMatchObject({ kind: 'archive', state: 'done', ...AUTHOR, counts: { done: 2 } });
    expect(await numbers(surgery.letters.list())).toEqual([2]);
    expect(await numbers(surgery.letters.list({}, ['archived']))).toEqual([1, 3]);
    expect(await surgery.stage.deadLetters()).toHaveLength(3);
    expect((await surgery.letters.show(1)).archived).toMatchObject({ operation: archived.id, ...AUTHOR });
    const restored = await surgery.letters.restore({ seqs: [1, 2] }, AUTHOR);
    expect(restored.counts).toMatchObject({ done: 1, skipped: 1 });
    expect(await numbers(surgery.letters.list())).toEqual([1, 2]);
    await surgery.letters.restore({ filter: {} }, AUTHOR);
    expect(await numbers(surgery.letters.list())).toEqual([1, 2, 3]);
  });

  it('is left out of redrives', async () => {
    const surgery = await Surgery.on(server);
    await surgery.deadLetter('1', '2');
    surgery.broken = false;
    await surgery.letters.archive({ seqs: [1] }, AUTHOR);
    const operation = await surgery.letters.redrive({ filter: {} }, { ...AUTHOR, again: true });
    expect(operation.counts).toMatchObject({ done: 1 });
    const named = await surgery.letters.redrive({ seqs: [1] }, { ...AUTHOR, again: true });
    expect(named.counts).toMatchObject({ done: 0, skipped: 1 });
  });

  it('that was redriven before is redriven again when restored', async () => {
    const surgery = await Surgery.on(server);
    await surgery.deadLetter('1');
    surgery.broken = false;
    await surgery.letters.redrive({ filter: {} }, AUTHOR);
    expect((await surgery.letters.archive({ filter: {} }, AUTHOR)).counts).toMatchObject({ done: 0 });
    await surgery.letters.archive({ seqs: [1] }, AUTHOR);
    expect(await numbers(surgery.letters.list({}, ['archived']))).toEqual([1]);
    await surgery.letters.restore({ filter: {} }, AUTHOR);
    expect(await numbers(surgery.letters.list({}, ['redriven']))).toEqual([1]);
  });

  it('of a large archive is marked once, also when the operation is paused in between', async () => {
    const surgery = await Surgery.on(server);
    await surgery.deadLetter(...Array.from({ length: 600 }, (_, n) => `order-${n}`));
    const stop = new AbortController();
    const paused = await surgery.letters.archive(
      { filter: { step: 'authorize' } },
      { ...AUTHOR, signal: stop.signal, onProgress: () => stop.abort() },
    );
    expect(paused).toMatchObject({ state: 'paused', counts: { done: 256 } });
    expect(await surgery.letters.resume(paused.id)).toMatchObject({ state: 'done', counts: { done: 600 } });
    expect(await numbers(surgery.letters.list())).toEqual([]);
  });
});
