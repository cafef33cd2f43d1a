import fc from 'fast-check';
import {
  HOLDS_LIST,
  HOLDS_NAMED,
  HOLDS_ONE,
  isSchema,
  type Schema,
  schemas,
} from './schemas.spec.support.ts';

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
const form = fc.nat(forms.length - 1);
const formed = fc
  .record({
    outer: form,
    inner: form,
    another: form,
    from: fill,
    to: fill,
    keeps: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
  })
  .map(({ outer, inner, another, from: [a, b, n], to: [c, d, m], keeps }): readonly [Schema, Schema] => {
    const [keepsForm, keepsOne, keepsOther, isFlat] = keeps;
    const of = (index: number, one: Schema, other: Schema, count: number) =>
      forms[index]?.(one, other, count) ?? true;
    const second = keepsForm ? outer : another;
    const other = keepsOther ? b : d;
    if (isFlat) return [of(outer, a, b, n), of(second, keepsOne ? a : c, other, m)];
    const before = of(inner, a, b, n);
    return [of(outer, before, b, n), of(second, keepsOne ? before : of(inner, c, b, m), other, m)];
  });

/** Two schemas that may go together, and often nearly do. */
export const pairs = fc.oneof(near, formed);

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
