import { describe, expect, test } from 'vitest';
import { checkCompatibility } from './check.ts';
import { PAIRS } from './pairs.spec.support.ts';

const rulesOf = (previous: unknown, next: unknown, mode: 'backward' | 'forward'): string[] =>
  rules(checkCompatibility(previous, next, { mode, policy: 'tolerant' }).findings);
const rules = (findings: readonly { rule: string }[]) =>
  [...new Set(findings.map(({ rule }) => rule))].sort();

describe.each(Object.entries(PAIRS))('%s', (_, pairs) => {
  test.each(pairs)('$0', (_what, previous, next, backward, forward) => {
    expect(rulesOf(previous, next, 'backward')).toEqual(backward);
    expect(rulesOf(previous, next, 'forward')).toEqual(forward);
  });

  test.each(pairs)('$0, the other way round', (_what, previous, next, backward, forward) => {
    expect(rulesOf(next, previous, 'forward')).toEqual(backward);
    expect(rulesOf(next, previous, 'backward')).toEqual(forward);
  });

  test.each(pairs)('$0: each goes together with itself', (_what, ...[previous, next]) => {
    for (const schema of [previous, next]) {
      if (JSON.stringify(schema).includes('elsewhere')) continue;
      expect(rulesOf(schema, schema, 'backward')).toEqual([]);
    }
  });
});

test('a schema whose closed alternatives overlap once they are opened does not take what it sends', () => {
  const shut = (name: string) => ({
    properties: { [name]: { type: 'string' } },
    additionalProperties: false,
  });
  const schema = { type: 'object', oneOf: [shut('a'), shut('b')] };
  expect(rulesOf(schema, schema, 'backward')).toEqual(['alternative-ambiguous']);
  expect(checkCompatibility(schema, schema, { mode: 'full', policy: 'strict' }).compatible).toBe(true);
});

test('a finding says where, what and what to do', () => {
  const previous = { properties: { lines: { items: { $ref: '#/$defs/Line' } } }, $defs: { Line: line(1) } };
  const next = { properties: { lines: { items: { $ref: '#/$defs/Line' } } }, $defs: { Line: line(2) } };
  expect(checkCompatibility(previous, next, { mode: 'full', policy: 'tolerant' })).toEqual({
    compatible: false,
    findings: [
      {
        rule: 'number-too-small',
        pointer: '/$defs/Line/properties/quantity/minimum',
        direction: 'backward',
        message: 'lines[].quantity: the previous version may send 1, the next one takes at least 2',
        advice: 'Keep taking what was sent before, or make the change in a new major version.',
      },
    ],
  });
});

function line(minimum: number) {
  return { type: 'object', properties: { quantity: { type: 'integer', minimum } } };
}
