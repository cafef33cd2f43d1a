import { validatorOf } from '@troupe/contract';
import type { Face } from './face.ts';

/** Where named schemas stand in an OpenAPI document. */
export const COMPONENTS = '#/components/schemas/';

/** Refers to the schema of the body that starts an instance. */
export function bodyRef({ starts }: Face): { $ref: string } {
  return { $ref: `${COMPONENTS}${starts.name}` };
}

/** The body that starts an instance, and what it refers to, by name. */
export function bodySchemas({ starts }: Face): Record<string, object> {
  const { $defs = {}, $schema: _, ...body } = validatorOf(starts).schema;
  const named = { ...($defs as Record<string, object>), [starts.name]: body };
  return Object.fromEntries(Object.entries(named).map(([name, schema]) => [name, published(schema)]));
}

/** As a part of the document, and closed: a body with an unknown field is refused. */
function published(schema: object): object {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key === '$ref' && typeof value === 'string') return value.replace('#/$defs/', COMPONENTS);
    return key === 'additionalProperties' ? false : value;
  }) as object;
}
