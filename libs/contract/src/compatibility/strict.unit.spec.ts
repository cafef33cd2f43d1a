import { describe, expect, test } from 'vitest';
import { checkCompatibility, checkHistory } from './check.ts';

const backward = (previous: unknown, next: unknown): string[] =>
  checkCompatibility(previous, next, { mode: 'backward', policy: 'strict' }).findings.map(({ rule }) => rule);

const text = { type: 'string' };
const open = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });
const closed = (properties: object, more: object = {}) =>
  open(properties, { ...more, additionalProperties: false });
const partly = (properties: object, rest: object) => open(properties, { additionalProperties: rest });

/** The content-model rules of schema registries. */
describe('the strict policy', () => {
  test.each<[string, unknown, unknown, string[]]>([
    [
      'a property more, open',
      open({ a: text }),
      open({ a: text, b: text }),
      ['property-added-to-open-content-model'],
    ],
    ['a property of any value more, open', open({ a: text }), open({ a: text, b: {} }), []],
    ['a property less, open', open({ a: text, b: text }), open({ a: text }), []],
    ['a property more, closed', closed({ a: text }), closed({ a: text, b: text }), []],
    [
      'a property less, closed',
      closed({ a: text, b: text }),
      closed({ a: text }),
      ['property-removed-from-closed-content-model'],
    ],
    ['a property less that is never there, closed', closed({ a: text, b: false }), closed({ a: text }), []],
    [
      'a required property more, closed',
      closed({}),
      closed({ a: text }, { required: ['a'] }),
      ['property-missing'],
    ],
    [
      'a required property more with a default, closed',
      closed({}),
      closed({ a: { ...text, default: 'x' } }, { required: ['a'] }),
      [],
    ],
    ['a property more, partly open', partly({}, text), partly({ a: text }, text), []],
    [
      'a property of another type, partly open',
      partly({}, text),
      partly({ a: { type: 'integer' } }, text),
      ['type-refused'],
    ],
    ['a property less, partly open', partly({ a: text }, text), partly({}, text), []],
    [
      'a property less of another type, partly open',
      partly({ a: { type: 'integer' } }, text),
      partly({}, text),
      ['type-refused'],
    ],
    ['closed opened', closed({ a: text }), open({ a: text }), []],
    ['open closed', open({ a: text }), closed({ a: text }), ['property-removed-from-closed-content-model']],
    [
      'optional made required',
      open({ a: text }),
      open({ a: text }, { required: ['a'] }),
      ['property-missing'],
    ],
    ['required made optional', open({ a: text }, { required: ['a'] }), open({ a: text }), []],
    ['an item more, open', { items: {} }, { prefixItems: [text] }, ['type-refused']],
    [
      'an item more, closed',
      { prefixItems: [text], items: false },
      { prefixItems: [text, text], items: false },
      [],
    ],
    [
      'an item less, closed',
      { prefixItems: [text, text], items: false },
      { prefixItems: [text], items: false },
      ['nothing-accepted'],
    ],
  ])('%s', (_, previous, next, rules) => {
    expect([...new Set(backward(previous, next))]).toEqual(rules);
  });
});

describe('a history', () => {
  const versions = [{ enum: ['a'] }, { enum: ['a', 'b'] }];

  test('is checked whole: a version may go together with the last and not with the first', () => {
    const next = { enum: ['b', 'c'] };
    const { compatible, findings } = checkHistory([...versions, next], next, {
      mode: 'backward',
      policy: 'tolerant',
    });
    expect(compatible).toBe(false);
    expect(findings.map(({ version, rule }) => [version, rule])).toEqual([
      [0, 'value-refused'],
      [1, 'value-refused'],
    ]);
  });

  test('with nothing in it goes together with everything', () => {
    expect(checkHistory([], {}, { mode: 'full', policy: 'tolerant' })).toEqual({
      compatible: true,
      findings: [],
    });
  });
});
