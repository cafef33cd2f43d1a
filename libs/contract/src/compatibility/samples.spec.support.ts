import { NAMES, type Schema } from './schemas.spec.support.ts';

/** A value that a schema may well take. */
export function sample(schema: Schema, next: () => number): unknown {
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
