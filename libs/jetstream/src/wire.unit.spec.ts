import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { copyId } from './ids.ts';
import { laneOf } from './lane.ts';

const page = readFileSync(new URL('../../../docs/reference/wire.md', import.meta.url), 'utf8');

describe('docs/reference/wire.md', () => {
  it('lists lanes as this code computes them', () => {
    const rows = rowsBelow('key', 'CRC-32', 'lane of 32');
    expect(rows.length).toBeGreaterThan(5);
    for (const [cell = '', crc = '', lane] of rows) {
      const key = textOf(cell);
      expect(laneOf(key, 2 ** 32), key).toBe(Number.parseInt(textOf(crc), 16));
      expect(laneOf(key, 32), key).toBe(Number(lane));
    }
  });

  it('lists ids as this code computes them', () => {
    const rows = rowsBelow('parts', 'text', 'id');
    expect(rows.length).toBeGreaterThan(3);
    for (const [cell = '', text = '', id = ''] of rows) {
      const parts = cell.split(', ').map(textOf);
      expect(parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('')).toBe(textOf(text));
      expect(copyId(...parts), cell).toBe(textOf(id));
    }
  });
});

/** The cells of the table with these headings, without the spaces that align them. */
function rowsBelow(...headings: string[]): string[][] {
  const table = page.split('\n').map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  const top = table.findIndex((cells) => cells.join() === headings.join());
  const end = table.findIndex((cells, row) => row > top && cells.length === 0);
  return top < 0 ? [] : table.slice(top + 2, end);
}

/** `code` without its marks; nothing for (empty). */
function textOf(cell: string): string {
  return cell === '(empty)' ? '' : cell.replace(/^`(.*)`$/, '$1');
}
