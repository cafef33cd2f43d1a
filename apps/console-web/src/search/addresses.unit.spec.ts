import { expect, it } from 'vitest';
import { safeLink, whereAddress } from './addresses.ts';

it.each(['f-1/carrier/1', 'a%2Fb', '..', 'o 1&key=2', '🜚'])(
  'has %s in an address, and finds it there',
  (key) => {
    const { pathname, searchParams } = new URL(whereAddress(key), 'http://console');
    expect(pathname).toBe('/ui/where');
    expect([...searchParams]).toEqual([['key', key]]);
  },
);

it('follows addresses of pages alone', () => {
  expect(safeLink('https://traces.example/trace/1')).toBe('https://traces.example/trace/1');
  for (const address of ['javascript:alert(1)', 'data:text/html,x', '/trace/1', ''])
    expect(safeLink(address), address).toBeUndefined();
});
