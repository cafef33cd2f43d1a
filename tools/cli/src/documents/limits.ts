import type { JsonSchema } from '@troupe/contract';

/** What a schema says of values besides their type, a phrase for each; a keyword that has no words is shown as it is. */
export function limitsOf(schema: JsonSchema): string[] {
  const said = [
    range(schema.minimum, schema.maximum, ''),
    phrase('more than', schema.exclusiveMinimum),
    phrase('less than', schema.exclusiveMaximum),
    phrase('a multiple of', schema.multipleOf),
    range(schema.minLength, schema.maxLength, ' characters'),
    range(schema.minItems, schema.maxItems, ' items'),
    range(schema.minProperties, schema.maxProperties, ' fields'),
    schema.uniqueItems === true ? 'no two items alike' : undefined,
    phrase('format', schema.format),
    schema.pattern === undefined ? undefined : `matches /${schema.pattern}/${schema['x-flags'] ?? ''}`,
    schema.const === undefined ? undefined : `is ${JSON.stringify(schema.const)}`,
    Array.isArray(schema.enum)
      ? `one of ${schema.enum.map((one) => JSON.stringify(one)).join(', ')}`
      : undefined,
  ];
  return [...said.filter((one) => one !== undefined), ...others(schema)];
}

function range(least: unknown, most: unknown, unit: string): string | undefined {
  if (least === undefined && most === undefined) return undefined;
  if (most === undefined) return `at least ${least}${unit}`;
  if (least === undefined) return `at most ${most}${unit}`;
  return least === most ? `exactly ${least}${unit}` : `${least} to ${most}${unit}`;
}

function phrase(words: string, value: unknown): string | undefined {
  return value === undefined ? undefined : `${words} ${value}`;
}

/** Said above, elsewhere on the page, or without a meaning for values. */
const TOLD: ReadonlySet<string> = new Set(
  [
    'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength pattern format x-flags x-matches',
    'minItems maxItems uniqueItems minProperties maxProperties const enum type $ref allOf anyOf items properties',
    'required additionalProperties $defs $id $schema title description examples deprecated default',
  ].flatMap((keywords) => keywords.split(' ')),
);

function others(schema: JsonSchema): string[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (TOLD.has(keyword) || keyword.startsWith('x-troupe-')) return [];
    if (keyword === '$comment') return [String(value)];
    // class-validator's own functions, with the arguments of the decorator: docs/reference/contracts.md.
    if (!keyword.startsWith('x-')) return [`${keyword} ${JSON.stringify(value)}`];
    const given =
      Array.isArray(value) && value.length > 0 ? `(${value.map((one) => JSON.stringify(one))})` : '';
    return [`${keyword.slice('x-'.length)}${given}`];
  });
}
