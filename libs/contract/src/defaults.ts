import type { JsonSchema } from './json-schema.ts';
import { resolved } from './masking/marked-paths.ts';
import { isObject } from './object.ts';

/** Fills in the defaults of fields that a valid value lacks, in the value itself. */
export type Filling = (value: unknown) => void;

/** What fills in the defaults that a class's schema names; undefined when it names none. Compiled once; a call allocates only defaults. */
export function fillingOf(root: JsonSchema): Filling | undefined {
  if (!JSON.stringify(root).includes('"default":')) return undefined;
  const compiled = new Map<string, Filling>();
  const byReference = (reference: string): Filling => {
    const known = compiled.get(reference);
    if (known) return known;
    let filling = NOTHING;
    compiled.set(reference, (value) => filling(value)); // a class may hold itself
    filling = compile(resolved(root, reference), byReference);
    return filling;
  };
  return compile(root, byReference);
}

function compile(schema: JsonSchema, byReference: (reference: string) => Filling): Filling {
  const inner = (part: unknown): Filling => compile(part as JsonSchema, byReference);
  const { $ref, anyOf, allOf, oneOf, items, properties, additionalProperties } = schema;
  const parts: Filling[] = [];
  if (typeof $ref === 'string') parts.push(byReference($ref));
  for (const part of [anyOf, allOf].flatMap((list) => (list as unknown[]) ?? [])) parts.push(inner(part));
  if (oneOf) parts.push(chosen(schema, oneOf as JsonSchema[], inner));
  if (items) parts.push(ofItems(inner(items)));
  if (typeof additionalProperties === 'object') parts.push(ofValues(inner(additionalProperties)));
  for (const [name, field] of Object.entries((properties ?? {}) as Record<string, JsonSchema>)) {
    parts.push(ofField(name, field, inner(field)));
  }
  const all = parts.filter((part) => part !== NOTHING);
  if (all.length === 0) return NOTHING;
  return (value) => {
    for (const fill of all) fill(value);
  };
}

/** The class that the discriminator names. */
function chosen(
  { discriminator }: JsonSchema,
  oneOf: readonly JsonSchema[],
  inner: (part: JsonSchema) => Filling,
): Filling {
  const { propertyName } = discriminator as { readonly propertyName: string };
  const byName = new Map(
    oneOf.map((part) => [
      (part.properties as Record<string, { readonly const: unknown }>)[propertyName]?.const,
      inner(part),
    ]),
  );
  return (value) => {
    if (isObject(value)) byName.get(value[propertyName])?.(value);
  };
}

const NOTHING: Filling = () => {};

function ofItems(fill: Filling): Filling {
  if (fill === NOTHING) return NOTHING;
  return (value) => {
    if (Array.isArray(value)) for (const item of value) fill(item);
  };
}

function ofValues(fill: Filling): Filling {
  if (fill === NOTHING) return NOTHING;
  return (value) => {
    if (isObject(value)) for (const item of Object.values(value)) fill(item);
  };
}

function ofField(name: string, field: JsonSchema, fill: Filling): Filling {
  const standard = field.default;
  if (standard === undefined && fill === NOTHING) return NOTHING;
  return (value) => {
    if (!isObject(value)) return;
    if (value[name] !== undefined) fill(value[name]);
    else if (standard !== undefined) value[name] = structuredClone(standard);
  };
}
