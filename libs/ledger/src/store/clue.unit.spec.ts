import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { clueOf, clueTo, firstOf, partOf } from './clue.ts';

describe('clues', () => {
  it('are whole numbers that every database keeps, the same for the same text', () => {
    for (const text of ['', 'o-1', '注文', randomUUID()]) {
      expect(clueOf(text)).toBe(clueOf(text) | 0);
      expect(clueOf(text)).toBe(clueOf(text));
    }
  });

  it('lie apart for texts that hardly differ', () => {
    const texts = Array.from({ length: 200_000 }, (_, n) => `o-${n}`);
    expect(new Set(texts.map(clueOf)).size).toBeGreaterThan(texts.length - 20); // by chance, some 5 of 32 bits meet
  });

  it('lead to a flow by its place in its part', () => {
    const flow = firstOf(3) + 32_767;
    expect(clueTo(flow, 'o-1')).toEqual([3, clueOf('o-1'), 32_767]);
    expect(clueTo(flow + 1, 'o-1')).toEqual([4, clueOf('o-1'), 0]);
  });

  it('stand in parts that follow one another', () => {
    expect(partOf(firstOf(3))).toBe(3);
    expect(partOf(firstOf(3) - 1)).toBe(2);
  });
});
