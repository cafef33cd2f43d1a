import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeAttribute, encodeAttribute, MessageFormatError } from '../index.ts';

test('an attribute comes back as it went, lone surrogates as U+FFFD', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      expect(decodeAttribute(encodeAttribute(value))).toBe(value.toWellFormed());
    }),
  );
});

test('a header holds printable ASCII only, and neither space, quote nor a bare percent sign', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      expect(encodeAttribute(value)).toMatch(/^(?:[!#$&-~]|%[0-9A-F]{2})*$/);
    }),
  );
});

test.each([
  ['Euro € 😀', 'Euro%20%E2%82%AC%20%F0%9F%98%80'],
  ['100%', '100%25'],
  ['say "hi"', 'say%20%22hi%22'],
  ['a\r\nce-id: b', 'a%0D%0Ace-id:%20b'],
  ['\x7f\0', '%7F%00'],
  ['/a?b=c&d~', '/a?b=c&d~'],
  ['%41', '%2541'],
])('%j travels as %s', (value, header) => {
  expect(encodeAttribute(value)).toBe(header);
  expect(decodeAttribute(header)).toBe(value);
});

test.each([
  ['"quoted \\"value\\""', 'quoted "value"'],
  ['"a%20b"', 'a b'],
  ['"', '"'],
  ['"open', '"open'],
  ['50% off', '50% off'],
  ['%zz%4', '%zz%4'],
  ['%e2%82%ac', '€'],
  ['Zürich', 'Zürich'],
])('the header %s of another sender reads %j', (header, value) => {
  expect(decodeAttribute(header)).toBe(value);
});

test.each(['%ff', '%e2%82', '%ed%a0%80', 'a%C0%80'])('%s is not UTF-8 when decoded', (header) => {
  expect(() => decodeAttribute(header)).toThrow(MessageFormatError);
});
