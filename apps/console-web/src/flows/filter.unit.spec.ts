import { expect, it } from 'vitest';
import { filterOf, queryOf } from './filter.ts';

const NOW = Date.parse('2026-01-31T12:00:30Z');

it.each([
  ['', ''],
  ['state=failed&type=&since=', 'state=failed'],
  ['since=1h&cursor=1.2', 'cursor=1.2&since=2026-01-31T11%3A00%3A00.000Z'],
  ['state=lost', 'state=lost'],
  ['since=yesterday&colour=red', ''],
])('asks the console for what the address "%s" says', (address, query) => {
  expect(queryOf(filterOf(new URLSearchParams(address)), NOW)).toBe(query);
});
