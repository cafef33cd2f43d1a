import { describe, expect, it } from 'vitest';
import { Chunks } from './chunks.ts';
import type { Letter } from './letter.ts';

const MIB = 1024 * 1024;

async function* pagesOf(...pages: number[][]): AsyncGenerator<Letter[]> {
  for (const sizes of pages) yield sizes.map((size) => ({ size }) as Letter);
}

async function sizesOf(chunks: Chunks, most: number): Promise<number[][]> {
  const found: number[][] = [];
  for (;;) {
    const chunk = await chunks.next(most);
    if (chunk.length === 0) return found;
    found.push(chunk.map(({ size }) => size));
  }
}

describe('chunks of letters', () => {
  it('have as many letters as are asked for, at most', async () => {
    expect(await sizesOf(new Chunks(pagesOf([1, 2, 3], [], [4])), 2)).toEqual([[1, 2], [3], [4]]);
  });

  it('have 16 MiB at most, unless one letter has more', async () => {
    const sizes = [10 * MIB, 6 * MIB, 1, 20 * MIB, 1];
    expect(await sizesOf(new Chunks(pagesOf(sizes)), 100)).toEqual([
      [10 * MIB, 6 * MIB],
      [1],
      [20 * MIB],
      [1],
    ]);
  });
});
