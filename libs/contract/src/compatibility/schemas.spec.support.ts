import fc from 'fast-check';

export type Schema = boolean | Readonly<Record<string, unknown>>;

export const NAMES = ['a', 'b', 'x-c'];

/** Numbers, texts and names are few, so that schemas and values meet. */
const scalar = fc.constantFrom<unknown>(null, true, false, 0, 1, 2, 2.5, 4, '', 'a', 'ab', 'abc');
export const json: fc.Arbitrary<unknown> = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    scalar,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom(...NAMES, 'other'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

const bound = fc.integer({ min: 0, max: 3 });
const type = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object');

export const schemas: fc.Arbitrary<Schema> = fc.letrec<{ schema: Schema }>((tie) => {
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

export const HOLDS_ONE = new Set([
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
export const HOLDS_LIST = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);
export const HOLDS_NAMED = new Set(['properties', 'patternProperties', 'dependentSchemas']);

export function isSchema(value: unknown): value is Schema {
  return typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value));
}
