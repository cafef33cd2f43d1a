import { equals, isDefined, isEmpty, isEnum, isIn, isNotEmpty, isNotIn, notEquals } from 'class-validator';
import type { JsonSchema } from '../json-schema.ts';
import { isScalar, type Rule, said } from './rule.ts';

/** Whether there is a value, and which values there may be. Objects are never equal to a constant: only scalars can be said. */
export const PRESENCE: readonly Rule[] = [
  said('IsDefined', 'isDefined', isDefined, notNull()),
  said('IsEmpty', 'isEmpty', isEmpty, { enum: ['', null] }),
  said('IsNotEmpty', 'isNotEmpty', isNotEmpty, { ...notNull(), not: { const: '' } }),
  said('Equals', 'equals', equals, (value) => (isScalar(value) ? { const: value } : undefined)),
  said('NotEquals', 'notEquals', notEquals, (value) => {
    if (value === null) return notNull();
    return isScalar(value) ? { not: { const: value } } : undefined;
  }),
  said('IsIn', 'isIn', isIn, (values) => oneOf(values)),
  said('IsNotIn', 'isNotIn', isNotIn, (values) => {
    if (Array.isArray(values) && values.length === 0) return {};
    const schema = oneOf(values);
    return schema && { not: schema };
  }),
  said('IsEnum', 'isEnum', isEnum, (entity) => oneOf(Object.values(entity as object))),
];

/** Every type but null; undefined, which JSON writes as null inside an array, is none of them either. */
function notNull(): JsonSchema {
  return { type: ['string', 'number', 'boolean', 'array', 'object'] };
}

function oneOf(values: unknown): JsonSchema | undefined {
  if (!Array.isArray(values) || !values.every(isScalar)) return undefined;
  return values.length === 0 ? { not: {} } : { enum: [...new Set(values)] };
}
