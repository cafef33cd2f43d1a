import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { copyId } from './ids.ts';
import { laneOf } from './lane.ts';

const page = readFileSync(new URL('../../../docs/reference/wire.md', import.meta.url), 'utf8');

describe('docs/reference/wire.md', () => {
  it('lists lanes as this code computes them', () => {
    const rows = [...page.matchAll(/^\| (?:`(.+?)`|\(empty\)) \| `([0-9a-f]{8})` \| (\d+) \|$/gm)];
    expect(rows.length).toBeGreaterThan(5);
    for (const [, key = '', crc = '', lane] of rows) {
      expect(laneOf(key, 2 ** 32), key).toBe(Number.parseInt(crc, 16));
      expect(laneOf(key, 32), key).toBe(Number(lane));
    }
  });

  it('lists ids as this code computes them', () => {
    const rows = [...page.matchAll(/^\| (`\/.+) \| `(.+)` \| `([\w-]{22})` \|$/gm)];
    expect(rows.length).toBeGreaterThan(3);
    for (const [, parts = '', text, id] of rows) {
      const values = parts.split(', ').map((part) => (part === '(empty)' ? '' : part.slice(1, -1)));
      expect(values.map((value) => `${Buffer.byteLength(value)}:${value}`).join('')).toBe(text);
      expect(copyId(...values), parts).toBe(id);
    }
  });
});
