import { HOLDS_LIST, HOLDS_NAMED, HOLDS_ONE, isSchema, type Schema } from './schemas.spec.support.ts';

/** What is sent: at every part of the value, what some schema of that part declares, where any declares something. */
export function closed(schema: Schema): Schema {
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
export function filled(schema: Schema): Schema {
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
export function opened(schema: Schema): Schema {
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
