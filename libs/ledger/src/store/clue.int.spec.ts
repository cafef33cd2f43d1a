import { describe, expect, it, onTestFinished } from 'vitest';
import { message, Stage } from '../conformance/stage.ts';
import { IN_MEMORY, sqliteDatabase } from './sqlite.ts';

/** More than one part of clues holds. */
const MANY = 9_000;

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
});
