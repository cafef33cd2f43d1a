import { validatorOf } from '@troupe/contract';
import type { Face } from './face.ts';

/** Where named schemas stand in an OpenAPI document. */
export const COMPONENTS = '#/components/schemas/';

/** Refers to the schema of the body that starts an instance. */
export function bodyRef({ starts }: Face): { $ref: string } {
  return { $ref: `${COMPONENTS}${starts.name}` };
}

/** The body that starts an instance, and what it refers to, by name; a body with an unknown field is refused. */
export function bodySchemas({ starts }: Face): Record<string, object> {
  return classSchemas(starts, { additionalProperties: false });
}

/** The schema of a class and what it refers to, by name, as parts of the document. */
export function classSchemas(
  cls: new () => object,
  { additionalProperties = true } = {},
): Record<string, object> {
  const { $defs = {}, $schema: _, ...schema } = validatorOf(cls).schema;
  const named = { ...($defs as Record<string, object>), [cls.name]: schema };
  const published = (key: string, value: unknown): unknown => {
    if (key === '$ref' && typeof value === 'string') return value.replace('#/$defs/', COMPONENTS);
    return key === 'additionalProperties' ? additionalProperties : value;
  };
  return JSON.parse(JSON.stringify(named), published) as Record<string, object>;
}
