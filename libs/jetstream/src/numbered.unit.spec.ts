import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Numbered } from './numbered.ts';

describe('values by number', () => {
  it('are found until they are deleted', () => {
    const numbered = new Numbered<string>();
    numbered.set(7, 'seven');
    numbered.set(2 ** 40, 'many');
    expect(numbered.get(7)).toBe('seven');
    expect(numbered.get(2 ** 40)).toBe('many');
    numbered.delete(7);
    numbered.delete(7);
    expect(numbered.get(7)).toBeUndefined();
    expect(numbered.size).toBe(1);
  });

  it('are replaced by a second one of the same number', () => {
    const numbered = new Numbered<string>();
    numbered.set(1, 'first');
    numbered.set(1, 'second');
    expect([...numbered.entries()]).toEqual([[1, 'second']]);
    expect(numbered.size).toBe(1);
  });

  it('are not there for what is no number', () => {
    const numbered = new Numbered<string>();
    numbered.set(0, 'zero');
    expect(numbered.get(Number('x'))).toBeUndefined();
  });

  it('may be deleted while they are walked', () => {
    const numbered = new Numbered<string>();
    for (const number of [1, 2, 3]) numbered.set(number, String(number));
    const walked: string[] = [];
    for (const value of numbered.values()) {
      walked.push(value);
      numbered.delete(2);
      numbered.set(4, 'new');
    }
    expect(walked).toEqual(['1', '3']);
  });

  it('are those of a Map, whatever comes and goes', () => {
    const numbers = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.maxSafeNat());
    const steps = fc.array(fc.tuple(numbers, fc.boolean()), { maxLength: 2_000, size: 'max' });
    fc.assert(
      fc.property(steps, (taken) => {
        const numbered = new Numbered<number>();
        const map = new Map<number, number>();
        taken.forEach(([number, isSet], step) => {
          if (isSet) numbered.set(number, step);
          else numbered.delete(number);
          if (isSet) map.set(number, step);
          else map.delete(number);
          expect(numbered.get(number)).toBe(map.get(number));
        });
        expect([...numbered.entries()]).toEqual([...map].sort(([a], [b]) => a - b));
        expect(numbered.size).toBe(map.size);
      }),
    );
  });
});
