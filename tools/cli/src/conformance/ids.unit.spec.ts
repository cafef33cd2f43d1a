import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { digest, laneOf } from './ids.ts';

const page = readFileSync(join(import.meta.dirname, '../../../../docs/reference/wire.md'), 'utf8');

it('makes the ids that the page about the wire gives as examples', () => {
  const rows = [...page.matchAll(/^\| (`[^|]+`(?:, \(empty\))?) +\| `\d+:[^|]+` +\| `([\w-]{22})` \|$/gm)];
  expect(rows.length).toBeGreaterThan(5);
  for (const [, parts = '', id] of rows) {
    const read = parts.split(', ').map((part) => (part === '(empty)' ? '' : part.slice(1, -1)));
    expect(digest(...read), parts).toBe(id);
  }
});

it('makes the lanes that it gives', () => {
  const rows = [...page.matchAll(/^\| (`[^|`]+`|\(empty\)) +\| `[0-9a-f]{8}` \| (\d+) +\|$/gm)];
  expect(rows.length).toBeGreaterThan(5);
  for (const [, key = '', lane] of rows)
    expect(laneOf(key === '(empty)' ? '' : key.slice(1, -1), 32), key).toBe(Number(lane));
});
