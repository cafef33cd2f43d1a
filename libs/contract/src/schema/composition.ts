import { isDeepStrictEqual } from 'node:util';
import type { JsonSchema } from '../json-schema.ts';

/** One schema that holds where all parts hold: their keywords side by side, and under `allOf` those that clash. */
export function allOf(parts: readonly JsonSchema[]): JsonSchema {
  return parts.reduce(both, {});
}

function both(whole: JsonSchema, part: JsonSchema): JsonSchema {
  const type = commonType(whole, part);
  const clash = Object.keys(part).some((key) => key !== 'type' && key in whole && !same(key, whole, part));
  if (!clash && type !== NONE) return { ...whole, ...part, ...(type && { type }) };
  return { ...whole, allOf: [...((whole.allOf as JsonSchema[] | undefined) ?? []), part] };
}

/** A pattern means something else with other flags. */
function same(key: string, a: JsonSchema, b: JsonSchema): boolean {
  return isDeepStrictEqual(a[key], b[key]) && (key !== 'pattern' || a['x-flags'] === b['x-flags']);
}

/** The same, or null. */
export function orNull(schema: JsonSchema): JsonSchema {
  const keywords = Object.keys(schema);
  if (keywords.length === 0) return schema;
  if (keywords.length === 1 && schema.anyOf) {
    return { anyOf: [...(schema.anyOf as JsonSchema[]), { type: 'null' }] };
  }
  if (!keywords.every((keyword) => ofOneType.has(keyword) || keyword.startsWith('x-'))) {
    return { anyOf: [schema, { type: 'null' }] };
  }
  return {
    ...schema,
    ...(schema.type !== undefined && { type: [...typesOf(schema), 'null'] }),
    ...(schema.enum !== undefined && { enum: [...new Set([...(schema.enum as unknown[]), null])] }),
  };
}

/** Keywords that null passes, and the two that are easily told of it. */
const ofOneType: ReadonlySet<string> = new Set([
  ...[
    'type',
    'enum',
    'format',
    'pattern',
    'minLength',
    'maxLength',
    'items',
    'minItems',
    'maxItems',
    'contains',
  ],
  ...['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf', 'minProperties'],
  'additionalProperties',
]);

/** The types a schema names; empty when it names none. */
export function typesOf(schema: JsonSchema): readonly string[] {
  const type = schema.type as string | readonly string[] | undefined;
  return type === undefined ? [] : typeof type === 'string' ? [type] : type;
}

const NONE = Symbol('no value has both types');

function commonType(a: JsonSchema, b: JsonSchema): string | readonly string[] | undefined | typeof NONE {
  if (a.type === undefined || b.type === undefined) return (a.type ?? b.type) as string | undefined;
  const left = typesOf(a);
  const right = typesOf(b);
  const common = [
    ...left.filter((type) => right.includes(type) || (type === 'integer' && right.includes('number'))),
    ...right.filter((type) => type === 'integer' && left.includes('number')),
  ];
  if (common.length === 0) return NONE;
  return common.length === 1 ? common[0] : [...new Set(common)];
}
