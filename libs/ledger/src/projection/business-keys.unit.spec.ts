import { describe, expect, it } from 'vitest';
import { keysIn as keysAt, markedIn, pathOf } from './business-keys.ts';

const keysIn = (payload: Uint8Array, pointers: string[]) => keysAt(payload, pointers.map(pathOf));
const bytes = (content: unknown): Uint8Array => Buffer.from(JSON.stringify(content));

describe('the business keys of a payload', () => {
  it('are the texts and numbers at its pointers, by the name of their field', () => {
    const payload = bytes({ orderId: 'o-1', customer: { 'a/b': 7 }, lines: [{ sku: 'x' }] });
    expect(keysIn(payload, ['/orderId', '/customer/a~1b', '/lines/0/sku'])).toEqual([
      { name: 'orderId', value: 'o-1' },
      { name: 'a/b', value: '7' },
      { name: 'sku', value: 'x' },
    ]);
  });

  it('are none where nothing of the kind stands', () => {
    const payload = bytes({ empty: '', list: [], nothing: null, long: 'x'.repeat(257) });
    const pointers = ['/empty', '/list', '/nothing', '/long', '/absent', '/absent/deeper', '/constructor'];
    expect(keysIn(payload, pointers)).toEqual([]);
    expect(keysIn(Buffer.from('{"orderId":'), ['/orderId'])).toEqual([]);
    expect(keysIn(Buffer.from([0xff]), ['/orderId'])).toEqual([]);
  });

  it('are not looked for in a payload over 1 MiB', () => {
    expect(keysIn(bytes({ orderId: 'o-1', rest: 'x'.repeat(1024 * 1024) }), ['/orderId'])).toEqual([]);
  });
});

it('the marks of a contract’s schema are found wherever its objects nest', () => {
  const marked = { type: 'string', 'x-troupe-business-key': true };
  const customer = { type: 'object', properties: { 'tax/id': marked, name: { type: 'string' } } };
  const schema = {
    type: 'object',
    properties: { orderId: marked, customer, properties: { type: 'string' } },
  };
  expect(markedIn(schema)).toEqual(['/orderId', '/customer/tax~1id']);
  expect(markedIn({})).toEqual([]);
});
