import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkCompatibility } from './check.ts';

type Schema = boolean | Readonly<Record<string, unknown>>;

const ajv = new Ajv2020({ strict: false, allErrors: true, useDefaults: true });
const plain = new Ajv2020({ strict: false, allErrors: true });
const NAMES = ['a', 'b', 'x-c'];

/** Numbers, texts and names are few, so that schemas and values meet. */
const scalar = fc.constantFrom<unknown>(null, true, false, 0, 1, 2, 2.5, 4, '', 'a', 'ab', 'abc');
const json: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES, 'other'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const bound = fc.integer({ min: 0, max: 3 });
const type = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object');

const schemas: fc.Arbitrary<Schema> = fc.letrec<{ schema: Schema }>((tie) => {
  const schema = tie('schema');
  const some = fc.array(schema, { minLength: 1, maxLength: 2 });
  const some3 = (key: string) => some.map((list) => ({ [key]: list }));
  const object = fc.record(
    {
      properties: fc.dictionary(fc.constantFrom(...NAMES), fc.oneof(schema, withDefault(schema)), {
        maxKeys: 3,
        noNullPrototype: true,
      }),
      required: fc.uniqueArray(fc.constantFrom(...NAMES), { maxLength: 2 }),
      additionalProperties: fc.oneof(fc.boolean(), schema),
      patternProperties: fc.dictionary(fc.constantFrom('^x-', '[ab]'), schema, {
        maxKeys: 1,
        noNullPrototype: true,
      }),
      propertyNames: fc.constantFrom<Schema>({ maxLength: 2 }, { enum: ['a', 'b'] }, true),
      minProperties: bound,
      maxProperties: bound,
      dependentRequired: fc.constantFrom({ a: ['b'] }, { b: ['a'] }),
      dependentSchemas: fc.dictionary(fc.constantFrom('a', 'b'), schema, {
        maxKeys: 1,
        noNullPrototype: true,
      }),
    },
    { requiredKeys: [] },
  );
  const array = fc.record(
    {
      items: schema,
      prefixItems: some,
      contains: schema,
      minContains: bound,
      maxContains: bound,
      minItems: bound,
      maxItems: bound,
      uniqueItems: fc.boolean(),
    },
    { requiredKeys: [] },
  );
  const simple = fc.record(
    {
      minimum: bound,
      exclusiveMinimum: bound,
      maximum: bound,
      exclusiveMaximum: bound,
      multipleOf: fc.constantFrom(0.5, 1, 2, 4),
      minLength: bound,
      maxLength: bound,
      pattern: fc.constantFrom('^a', 'b$'),
    },
    { requiredKeys: [] },
  );
  const typed = (of: fc.Arbitrary<Record<string, unknown>>) =>
    fc
      .tuple(
        of,
        fc.option(fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 3 })), { nil: undefined }),
      )
      .map(([keywords, said]) => (said === undefined ? keywords : { type: said, ...keywords }));
  return {
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { arbitrary: typed(simple), weight: 4 },
      { arbitrary: fc.boolean(), weight: 1 },
      {
        arbitrary: fc.array(json, { minLength: 1, maxLength: 3 }).map((list) => ({ enum: list })),
        weight: 1,
      },
      { arbitrary: json.map((value) => ({ const: value })), weight: 1 },
      { arbitrary: typed(object), weight: 6 },
      { arbitrary: typed(array), weight: 3 },
      { arbitrary: some3('anyOf'), weight: 2 },
      { arbitrary: some3('oneOf'), weight: 2 },
      { arbitrary: some3('allOf'), weight: 2 },
      { arbitrary: schema.map((not) => ({ not })), weight: 1 },
      {
        arbitrary: fc.record(
          { if: schema, ['then' as string]: schema, else: schema },
          { requiredKeys: ['if'] },
        ),
        weight: 1,
      },
    ),
  };
}).schema;

function withDefault(schema: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> {
  return fc
    .tuple(schema, scalar)
    .map(([one, value]) => (typeof one === 'boolean' ? one : { ...one, default: value }));
}

/** A schema and one that is near it: most pairs that go together are. */
const near = fc
  .tuple(schemas, schemas, fc.array(fc.nat(), { minLength: 8, maxLength: 8 }))
  .map(([one, other, seeds]): readonly [Schema, Schema] => [one, mutated(one, other, [...seeds])]);

/** The same form with other schemas in it, so that each form meets what it must tell apart. */
const forms: readonly ((one: Schema, other: Schema, n: number) => Schema)[] = [
  (one) => one,
  (one) => ({ type: 'array', items: one }),
  (one, other) => ({ type: 'array', prefixItems: [one], items: other }),
  (one, other) => ({ type: 'array', prefixItems: [one], unevaluatedItems: other }),
  (one, _, n) => ({
    type: 'array',
    items: one,
    contains: { type: 'integer' },
    minContains: n,
    maxItems: 3 - n,
  }),
  (one, _, n) => ({ type: 'array', items: one, uniqueItems: n > 1, maxItems: n + 1 }),
  (one, other, n) => ({ type: 'object', properties: { a: one, b: other }, required: ['a', 'b'].slice(n) }),
  (one, other) => ({ type: 'object', properties: { a: one }, additionalProperties: other }),
  (one, other) => ({ type: 'object', properties: { a: one }, unevaluatedProperties: other }),
  (one, other) => ({ type: 'object', patternProperties: { '^x-': one }, additionalProperties: other }),
  (one, other) => ({ type: 'object', properties: { 'x-c': one }, patternProperties: { '^x-': other } }),
  (one, other) => ({ type: 'object', properties: { a: one }, patternProperties: { '[ab]': other } }),
  (one, _, n) => ({ type: 'object', additionalProperties: one, propertyNames: { maxLength: n } }),
  (one, _, n) => ({
    type: 'object',
    properties: { a: withDefaultOf(one, [0, 'ab', null][n]) },
    required: ['a'],
  }),
  (one, other) => ({ anyOf: [{ properties: { a: one } }, { properties: { b: other } }] }),
  (one, other) => ({ oneOf: [variant(1, one), variant(2, other)] }),
  (one, other) => ({ oneOf: [shut({ a: one }), shut({ b: other })] }),
  (one, other) => ({ allOf: [{ properties: { a: one } }, { properties: { b: other } }] }),
  (one, other) => ({
    properties: { a: one },
    if: { required: ['a'] },
    ['then' as string]: { properties: { b: other } },
  }),
  (one, other) => ({ properties: { a: one }, dependentSchemas: { a: { properties: { b: other } } } }),
  (one, other) => ({ anyOf: [one, other] }),
  (one, other) => ({ not: { anyOf: [one, other] } }),
];

function variant(kind: number, value: Schema): Schema {
  return { type: 'object', properties: { a: { const: kind }, b: value }, required: ['a'] };
}

function shut(properties: Readonly<Record<string, Schema>>): Schema {
  return { type: 'object', properties, additionalProperties: false };
}

function withDefaultOf(schema: Schema, value: unknown): Schema {
  return typeof schema === 'boolean' ? schema : { ...schema, default: value };
}

const leaf = fc.oneof(
  fc.constantFrom<Schema>(
    true,
    false,
    { type: 'integer' },
    { type: 'number' },
    { type: 'string' },
    { type: ['string', 'null'] },
    { const: 1 },
    { enum: [1, 'a'] },
    { minimum: 1 },
    { exclusiveMinimum: 1 },
    { maximum: 2 },
    { exclusiveMaximum: 2 },
    { type: 'string', maxLength: 1 },
    { type: 'object', properties: { a: { type: 'integer' } } },
  ),
  schemas,
);
const fill = fc.tuple(leaf, leaf, fc.integer({ min: 0, max: 2 }));
const formed = fc
  .tuple(fc.nat(forms.length - 1), fc.nat(forms.length - 1), fill, fill, fc.boolean())
  .map(([form, inner, [a, b, n], [c, d, m], isDeep]): readonly [Schema, Schema] => {
    const of = (one: Schema, other: Schema, count: number) => forms[form]?.(one, other, count) ?? true;
    if (!isDeep) return [of(a, b, n), of(c, b, m)];
    const within = (one: Schema, count: number) => forms[inner]?.(one, b, count) ?? true;
    return [of(within(a, n), b, n), of(within(c, m), d, n)];
  });
const pairs = fc.oneof(near, formed);

/** Takes a keyword away, moves a bound, or puts something else in, at some depth. */
function mutated(schema: Schema, other: Schema, seeds: number[]): Schema {
  const seed = seeds.pop() ?? 0;
  if (typeof schema === 'boolean' || seed % 11 === 0) return other;
  const keywords = Object.keys(schema);
  const keyword = keywords[seed % keywords.length];
  if (keyword === undefined) return other;
  const held = schema[keyword];
  const { [keyword]: _, ...rest } = schema;
  if (seed % 5 === 0) return rest;
  if (typeof held === 'number')
    return {
      ...schema,
      [keyword]: Math.max(held + (seed % 2 === 0 ? 1 : -1), keyword === 'multipleOf' ? 1 : 0),
    };
  if (keyword === 'type' && seed % 3 === 0)
    return { ...schema, type: [held, 'null'].flat().filter((one, i, all) => all.indexOf(one) === i) };
  if (isSchema(held) && HOLDS_ONE.has(keyword)) return { ...schema, [keyword]: mutated(held, other, seeds) };
  if (Array.isArray(held) && HOLDS_LIST.has(keyword)) {
    const i = (seeds.pop() ?? 0) % held.length;
    return { ...schema, [keyword]: held.map((one, j) => (j === i ? mutated(one, other, seeds) : one)) };
  }
  if (isSchema(held) && typeof held === 'object' && HOLDS_NAMED.has(keyword)) {
    const names = Object.keys(held);
    const name = names[(seeds.pop() ?? 0) % (names.length + 1)] ?? 'b';
    const { [name]: one, ...others } = held;
    if (seed % 3 === 0) return { ...schema, [keyword]: others };
    return { ...schema, [keyword]: { ...held, [name]: isSchema(one) ? mutated(one, other, seeds) : other } };
  }
  return { ...schema, ...(typeof other === 'object' ? other : {}) };
}

const HOLDS_ONE = new Set([
  'items',
  'unevaluatedItems',
  'unevaluatedProperties',
  'contains',
  'additionalProperties',
  'not',
  'if',
  'then',
  'else',
]);
const HOLDS_LIST = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
const HOLDS_NAMED = new Set(['properties', 'patternProperties', 'dependentSchemas']);

function isSchema(value: unknown): value is Schema {
  return typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value));
}

/** What is sent: at every part of the value, what some schema of that part declares, where any declares something. */
function closed(schema: Schema): Schema {
  if (typeof schema === 'boolean') return schema;
  const inside = partsClosed(schema);
  return declaresSome(schema) ? { allOf: [inside], unevaluatedProperties: false } : inside;
}

/** The parts of the value closed, the value itself not: `allOf` and its kin speak of the same value. */
function partsClosed(schema: Schema): Schema {
  if (typeof schema === 'boolean') return schema;
  return mapped(schema, (keyword, one) =>
    PARTS.has(keyword) ? closed(one) : TOGETHER.has(keyword) ? partsClosed(one) : one,
  );
}

/** What is read with defaults filled in, where the property is required; other defaults are remarks. */
function filled(schema: Schema): Schema {
  if (typeof schema === 'boolean') return schema;
  const required = (schema.required ?? []) as string[];
  const all = mapped(schema, (_, one) => filled(one));
  if (!isSchema(all) || typeof all === 'boolean' || typeof all.properties !== 'object') return all;
  const properties = Object.entries(all.properties as Record<string, Schema>).map(([name, one]) => {
    if (typeof one === 'boolean' || required.includes(name)) return [name, one];
    const { default: _, ...rest } = one;
    return [name, rest];
  });
  return { ...all, properties: Object.fromEntries(properties) };
}

/** What is taken: what is not declared is, except under `not`, conditions and `contains`. */
function opened(schema: Schema): Schema {
  if (typeof schema === 'boolean') return schema;
  const kept = Object.fromEntries(
    Object.entries(schema).filter(([keyword, held]) => held !== false || !keyword.endsWith('Properties')),
  );
  return mapped(kept, (keyword, one) => (PARTS.has(keyword) || TOGETHER.has(keyword) ? opened(one) : one));
}

const PARTS = new Set([
  'items',
  'unevaluatedItems',
  'unevaluatedProperties',
  'prefixItems',
  'properties',
  'patternProperties',
  'additionalProperties',
]);
const TOGETHER = new Set(['allOf', 'anyOf', 'oneOf']);

/** The schema with what its keywords hold replaced. `additionalProperties` true says nothing, and would evaluate all. */
function mapped(
  schema: Readonly<Record<string, unknown>>,
  each: (keyword: string, one: Schema) => Schema,
): Schema {
  return Object.fromEntries(
    Object.entries(schema).flatMap(([keyword, held]) => {
      if (keyword.endsWith('Properties') && isNothing(held)) return [];
      if (HOLDS_NAMED.has(keyword)) {
        const named = Object.entries(held as Record<string, Schema>);
        return [[keyword, Object.fromEntries(named.map(([name, one]) => [name, each(keyword, one)]))]];
      }
      if (HOLDS_LIST.has(keyword)) return [[keyword, (held as Schema[]).map((one) => each(keyword, one))]];
      return [[keyword, HOLDS_ONE.has(keyword) ? each(keyword, held as Schema) : held]];
    }),
  );
}

function isNothing(schema: unknown): boolean {
  return (
    schema === true || (typeof schema === 'object' && schema !== null && Object.keys(schema).length === 0)
  );
}

/** Whether a schema, or one that it puts together, declares properties. */
function declaresSome(schema: Schema): boolean {
  if (typeof schema === 'boolean') return false;
  const { properties, patternProperties, additionalProperties, unevaluatedProperties } = schema;
  if (properties || patternProperties) return true;
  const rests = [additionalProperties, unevaluatedProperties];
  if (rests.some((rest) => typeof rest === 'object' && !isNothing(rest))) return true;
  return ['allOf', 'anyOf', 'oneOf'].some((keyword) =>
    ((schema[keyword] as Schema[]) ?? []).some(declaresSome),
  );
}

/** A value that a schema may well take. */
function sample(schema: Schema, next: () => number): unknown {
  const pick = <T>(list: readonly T[]): T => list[next() % list.length] as T;
  if (typeof schema === 'boolean') return pick([null, true, 1, 'a', [], {}]);
  const held = (keyword: string) => schema[keyword] as never;
  if ('const' in schema) return schema.const;
  if (schema.enum) return pick(schema.enum as unknown[]);
  const number = (keyword: string, otherwise: number): number =>
    (held(keyword) as number | undefined) ?? otherwise;
  const { type: said } = schema;
  const implied = Object.keys(schema).map((keyword) => IMPLIED[keyword] ?? 'any');
  const parts = ['allOf', 'anyOf', 'oneOf'].filter((keyword) => schema[keyword]);
  if (parts.length > 0) return sample(pick(held(pick(parts)) as Schema[]), next);
  const one = pick([said ?? implied].flat());
  if (one === 'integer' || one === 'number') {
    return number('minimum', number('exclusiveMinimum', next() % 4) + (next() % 3) / 2) + (next() % 2);
  }
  if (one === 'string') return 'aabb'.slice(next() % 2).slice(0, number('minLength', next() % 4));
  if (one === 'array') {
    const items = (schema.prefixItems ?? []) as Schema[];
    const length = Math.max(number('minItems', next() % 3), next() % 3);
    return Array.from({ length }, (_, i) => sample(items[i] ?? (schema.items as Schema) ?? true, next));
  }
  if (one === 'object') {
    const properties = (schema.properties ?? {}) as Record<string, Schema>;
    const names = [
      ...Object.keys(properties).filter(() => next() % 4 > 0),
      ...((schema.required ?? []) as string[]),
    ];
    if (next() % 4 === 0) names.push(pick(NAMES), 'other');
    const rest = (schema.additionalProperties || true) as Schema;
    return Object.fromEntries(names.map((name) => [name, sample(properties[name] ?? rest, next)]));
  }
  return one === 'boolean' ? next() % 2 === 0 : one === 'null' ? null : pick([null, true, 1, 'a', [], {}]);
}

const IMPLIED: Readonly<Record<string, string>> = {
  minimum: 'number',
  maximum: 'number',
  multipleOf: 'number',
  minLength: 'string',
  maxLength: 'string',
  pattern: 'string',
  items: 'array',
  prefixItems: 'array',
  contains: 'array',
  minItems: 'array',
  maxItems: 'array',
  uniqueItems: 'array',
  properties: 'object',
  required: 'object',
  additionalProperties: 'object',
  patternProperties: 'object',
  minProperties: 'object',
  maxProperties: 'object',
  dependentRequired: 'object',
  dependentSchemas: 'object',
};

describe('what is called compatible', () => {
  test.each(['tolerant', 'strict'] as const)('goes together, by the %s policy', (policy) => {
    const tried = { compatible: 0, sent: 0 };
    const seeds = fc.array(fc.nat(), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(pairs, fc.array(json, { maxLength: 10 }), seeds, ([previous, next], values, numbers) => {
        if (!checkCompatibility(previous, next, { mode: 'backward', policy }).compatible) return;
        tried.compatible++;
        const sends = plain.compile(policy === 'tolerant' ? closed(previous) : previous);
        const takes = ajv.compile(filled(policy === 'tolerant' ? opened(next) : next));
        let i = 0;
        const random = () => (numbers[i++ % numbers.length] ?? 0) + i;
        const samples = Array.from({ length: 40 }, (_, n) => sample(n % 4 === 0 ? next : previous, random));
        for (const value of [...values, ...samples]) {
          if (!sends(value)) continue;
          tried.sent++;
          expect(takes(structuredClone(value)), JSON.stringify({ previous, next, value })).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
    expect(tried.compatible).toBeGreaterThan(100);
    expect(tried.sent).toBeGreaterThan(1_000);
  });
});
