import { describe, expect, it, onTestFinished } from 'vitest';
import { answer, message, Stage } from '../conformance/stage.ts';
import { IN_MEMORY, sqliteDatabase } from './sqlite.ts';

/** More than one part of clues holds, and more than are put in order together. */
const MANY = 33_000;

describe('a store with many flows', () => {
  it('finds the old and the young, and drops clues with the last flow of their part', async () => {
    const database = sqliteDatabase(IN_MEMORY);
    const stage = await Stage.on(database);
    const { store } = stage;
    onTestFinished(() => store.close());
    await stage.put(...Array.from({ length: MANY }, (_, i) => message(i + 1)));
    const flowsOf = async (key: string): Promise<string[]> =>
      (await store.find(key, 5)).map(({ flow }) => flow);
    const parts = async (): Promise<number[]> =>
      (await database.all<{ part: number }>('SELECT DISTINCT part FROM clue ORDER BY part')).map(
        ({ part }) => part,
      );
    expect(await flowsOf('m-1')).toEqual(['f-1']);
    expect(await flowsOf(`m-${MANY}`)).toEqual([`f-${MANY}`]);
    expect(await parts()).toEqual([0, 1]);

    const first = MANY - 5;
    while (await store.retain(1, first));

    expect(await flowsOf('m-1')).toEqual([]);
    expect(await flowsOf(`m-${first - 1}`)).toEqual([]);
    expect(await flowsOf(`m-${first}`)).toEqual([`f-${first}`]);
    expect(await parts()).toEqual([1]);
  });

  it('finds what gathered in an earlier process, what came afterwards, and both in order', async () => {
    const database = sqliteDatabase(IN_MEMORY);
    const earlier = await Stage.on(database);
    onTestFinished(() => earlier.store.close());
    for (const n of [1, 2_001, 4_001]) await earlier.put(...sent(n, n + 1_999));
    const stage = await earlier.another();
    for (const n of [6_001, 7_501]) await stage.put(...sent(n, n + 1_499));
    const rows = async (table: string): Promise<number> =>
      (await database.all<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`))[0]?.n ?? 0;
    const found = async (n: number) => (await stage.store.find(`m-${n}`, 5)).map(({ flow }) => flow);
    expect([await rows('clue'), await rows('new_clue')]).toEqual([0, 9_000]);
    for (const n of [1, 5_000, 5_001, 9_000]) expect(await found(n)).toEqual([`f-${n}`]);

    await stage.put(...sent(9_001, 10_000));
    await stage.put(...sent(10_001, 10_010));

    expect([await rows('clue'), await rows('new_clue')]).toEqual([10_000, 10]);
    for (const n of [1, 5_001, 10_000, 10_010]) expect(await found(n)).toEqual([`f-${n}`]);
  });

  it('puts those of many messages at once in order right away', async () => {
    const database = sqliteDatabase(IN_MEMORY);
    const stage = await Stage.on(database);
    onTestFinished(() => stage.store.close());
    await stage.put(...sent(1, 5_000));
    expect(await database.all('SELECT * FROM new_clue')).toEqual([]);
    for (const n of [1, 5_000])
      expect(await stage.store.find(`m-${n}`, 5)).toMatchObject([{ flow: `f-${n}` }]);
  });

  it('loses no clue when what put them in order was not written', async () => {
    const database = sqliteDatabase(IN_MEMORY);
    const stage = await Stage.on(database);
    onTestFinished(() => stage.store.close());
    for (let n = 1; n < 10_000; n += 1_111) await stage.put(...sent(n, n + 1_110));
    const evidence = [{ ...answer(1), at: null as unknown as number }];
    await expect(stage.write({ messages: sent(10_000, 10_000), evidence })).rejects.toThrow(/NOT NULL/);
    await stage.put(...sent(10_000, 10_001));
    for (const n of [1, 9_999, 10_000, 10_001])
      expect((await stage.store.find(`m-${n}`, 5)).map(({ flow }) => flow)).toEqual([`f-${n}`]);
  });

  it('drops clues that have gathered with the last flow of their part', async () => {
    const database = sqliteDatabase(IN_MEMORY);
    const stage = await Stage.on(database);
    onTestFinished(() => stage.store.close());
    await stage.put(...sent(1, 10));
    while (await stage.store.retain(1, 11));
    expect(await database.all('SELECT * FROM new_clue')).toEqual([]);
  });
});

/** Messages of as many flows. */
function sent(first: number, last: number) {
  return Array.from({ length: last - first + 1 }, (_, i) => message(first + i));
}
