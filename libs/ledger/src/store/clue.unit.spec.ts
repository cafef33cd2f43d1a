import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { clueOf, firstOf, partOf } from './clue.ts';

describe('clues', () => {
  it('are whole numbers that every database keeps, the same for the same text', () => {
    for (const text of ['', 'o-1', '注文', randomUUID()]) {
      expect(Number.isSafeInteger(clueOf(text))).toBe(true);
      expect(clueOf(text)).toBeGreaterThanOrEqual(0);
      expect(clueOf(text)).toBe(clueOf(text));
    }
  });

  it('lie apart for texts that hardly differ', () => {
    const texts = Array.from({ length: 200_000 }, (_, n) => `o-${n}`);
    expect(new Set(texts.map(clueOf)).size).toBe(texts.length);
  });

  it('stand in parts that follow one another', () => {
    expect(partOf(firstOf(3))).toBe(3);
    expect(partOf(firstOf(3) - 1)).toBe(2);
  });
});
