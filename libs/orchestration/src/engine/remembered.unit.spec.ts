import { describe, expect, it } from 'vitest';
import { Remembered } from './remembered.ts';

describe('what is remembered', () => {
  it('is what was used last: half as many entries as allowed at least', () => {
    const remembered = filled(10, 100);
    const found = keys(100).filter((key) => remembered.get(key) !== undefined);
    expect(found).toEqual(keys(100).slice(-found.length));
    expect(found.length).toBeGreaterThanOrEqual(5);
    expect(found.length).toBeLessThanOrEqual(10);
  });

  it('stays as long as it is asked for', () => {
    const remembered = new Remembered<string>(10);
    remembered.set('asked', 'for');
    for (const key of keys(100)) {
      remembered.set(key, key);
      expect(remembered.get('asked')).toBe('for');
    }
  });

  it('is gone once it is deleted, whenever it was used last', () => {
    for (const later of [0, 3, 6]) {
      const remembered = new Remembered<string>(10);
      remembered.set('one', 'first');
      for (const key of keys(later)) remembered.set(key, key);
      remembered.delete('one');
      expect(remembered.get('one')).toBeUndefined();
      remembered.set('one', 'second');
      expect(remembered.get('one')).toBe('second');
    }
  });
});

function filled(most: number, count: number): Remembered<string> {
  const remembered = new Remembered<string>(most);
  for (const key of keys(count)) remembered.set(key, key);
  return remembered;
}

function keys(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `key-${i}`);
}
