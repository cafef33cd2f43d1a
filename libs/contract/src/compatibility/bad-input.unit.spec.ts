import { describe, expect, test } from 'vitest';
import { SchemaInvalidError, SchemaTooLargeError } from '../index.ts';
import { checkCompatibility } from './check.ts';

const check = (schema: unknown, next: unknown) =>
  checkCompatibility(schema, next, { mode: 'full', policy: 'tolerant' });

describe('what is no schema', () => {
  test.each<[string, unknown, string]>([
    ['nothing', undefined, ''],
    ['null', null, ''],
    ['a text', 'string', ''],
    ['a list', [], ''],
    ['a keyword of another type', { properties: { a: { minimum: '5' } } }, '/properties/a/minimum'],
    ['a type that there is not', { type: 'text' }, '/type'],
    ['a number that JSON does not know', { maximum: Number.POSITIVE_INFINITY }, '/maximum'],
    ['a function', { default: () => 1 }, '/default'],
    ['another dialect', { $schema: 'http://json-schema.org/draft-04/schema#' }, '/$schema'],
    ['a reference to itself', { $ref: '#' }, ''],
    ['references in a circle', circle(), '/$defs/a'],
    [
      'a circle of combinations',
      { $defs: { a: { anyOf: [{ allOf: [{ $ref: '#/$defs/a' }] }] } }, $ref: '#/$defs/a' },
      '/$defs/a',
    ],
    ['a schema that is what it is not', { not: { $ref: '#' } }, ''],
  ])('%s is refused', (_, schema, pointer) => {
    const error = thrownBy(() => check(schema, true));
    expect(error).toBeInstanceOf(SchemaInvalidError);
    expect(error).toMatchObject({ code: 'TROUPE_SCHEMA_INVALID', pointer });
    expect(thrownBy(() => check(true, schema))).toEqual(error);
  });
});

describe('what is too large', () => {
  let calls = 0;
  test.each<[string, () => unknown]>([
    ['a schema of more than 10 MiB', () => ({ description: 'a'.repeat(10 * 1024 * 1024) })],
    ['a schema deeper than 256 levels', () => nested(300)],
    ['a value that contains itself', containsItself],
    ['references one after the other', () => chain(300)],
    [
      'more combinations than can be read',
      () => ({ allOf: Array.from({ length: 9 }, () => ({ anyOf: [{}, {}] })) }),
    ],
    ['levels that differ one by one', () => levels(400, calls++)],
  ])('%s is refused', (_, schema) => {
    const error = thrownBy(() => check(schema(), schema()));
    expect(error).toBeInstanceOf(SchemaTooLargeError);
    expect(error).toMatchObject({ code: 'TROUPE_SCHEMA_TOO_LARGE' });
  });
});

describe('what would take for ever', () => {
  test('a pattern is never run', () => {
    const evil = '^(a+)+$';
    const sent = { const: { [`${'a'.repeat(40)}!`]: 1 } };
    expect(check(sent, { patternProperties: { [evil]: { type: 'string' } } }).compatible).toBe(false);
    expect(check({ const: `${'a'.repeat(40)}!` }, { pattern: evil }).compatible).toBe(false);
  });

  test('definitions that share definitions are compared once', () => {
    const shared = (last: object) => ({
      $ref: '#/$defs/d0',
      $defs: {
        ...Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`d${i}`, pair(`#/$defs/d${i + 1}`)])),
        d60: last,
      },
    });
    expect(check(shared({ type: 'integer' }), shared({ type: 'number' })).findings).toMatchObject([
      { rule: 'type-refused', direction: 'forward', pointer: '/$defs/d60/type' },
    ]);
  });

  test('a large schema is compared in little time', () => {
    const large = (type: string) => ({
      properties: Object.fromEntries(
        Array.from({ length: 5_000 }, (_, i) => [`p${i}`, { type, minLength: 1 }]),
      ),
    });
    expect(check(large('string'), large('string')).compatible).toBe(true);
    expect(check(large('string'), large('integer')).findings).toHaveLength(10_000);
  });
});

test('names that every object has are names like others', () => {
  const schema = (type: string) =>
    JSON.parse(
      `{ "type": "object", "properties": { "__proto__": { "type": "${type}" }, "constructor": {} } }`,
    );
  expect(check(schema('string'), schema('string')).compatible).toBe(true);
  expect(check(schema('string'), schema('integer')).findings).toMatchObject([
    { pointer: '/properties/__proto__/type' },
    { pointer: '/properties/__proto__/type' },
  ]);
});

function circle() {
  return { $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } };
}

function nested(depth: number): object {
  let schema: object = {};
  for (let i = 0; i < depth; i++) schema = { items: schema };
  return schema;
}

function containsItself(): object {
  const schema: { not?: object } = {};
  schema.not = schema;
  return schema;
}

function chain(length: number) {
  const $defs = Object.fromEntries(
    Array.from({ length }, (_, i) => [`d${i}`, { $ref: `#/$defs/d${i + 1}` }]),
  );
  return { $ref: '#/$defs/d0', $defs: { ...$defs, [`d${length}`]: {} } };
}

/** Each level is another definition, so that no pair repeats. */
function levels(length: number, maximum: number) {
  const $defs = Object.fromEntries(
    Array.from({ length }, (_, i) => [`d${i}`, { items: { $ref: `#/$defs/d${i + 1}` } }]),
  );
  return { items: { $ref: '#/$defs/d0' }, $defs: { ...$defs, [`d${length}`]: { maximum } } };
}

function pair($ref: string) {
  return { type: 'object', properties: { a: { $ref }, b: { $ref } } };
}

function thrownBy(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    return error;
  }
  return undefined;
}
