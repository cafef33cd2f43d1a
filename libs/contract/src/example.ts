import type { JsonSchema } from './json-schema.ts';
import { resolved } from './masking/marked-paths.ts';
import { isObject } from './object.ts';
import { pointer } from './violation.ts';

/** An example message, put together from what a schema says of its fields. */
export interface ComposedExample {
  /** The caller's own, to change at will; absent while a required field has no example. */
  readonly message?: object;
  /** Required fields without an example, as paths of names: `/lines/sku`. Arrays are looked through. */
  readonly missing: readonly string[];
}

/** Values in one example, at most. */
const MOST_VALUES = 10_000;

/**
 * Composes an example message from the produced or accepted schema of a contract, as JSON holds it. A field is its first
 * example, or else its default, its constant, or the first value of its enumeration; an object is its fields, an array one
 * item or as many as it needs, an alternative its first. An optional field without an example is left out, and so is one
 * that holds its own class again. Nothing is made up, and the message is not checked: rules of several fields together
 * are not in a schema.
 * @param like an example of another version of the contract, whose values the fields without an example get
 */
export function exampleOf(root: JsonSchema, like?: object): ComposedExample {
  let left = MOST_VALUES;
  const outcome = compose([root], { path: '', like, within: new Set(['#']) });
  if ('missing' in outcome) return outcome;
  return isObject(outcome.value) ? { message: outcome.value, missing: [] } : { missing: [''] };

  function compose(schemas: readonly JsonSchema[], place: Place): Outcome {
    if (--left < 0) return missingAt(place);
    const here = new Set<string>();
    const layers = schemas.flatMap((schema) => layersOf(root, schema, place.within, here));
    const given = layers.flatMap(givenBy);
    if (given.length > 0) return { value: structuredClone(given[0]) };
    if (layers.includes(CIRCLE)) return missingAt(place);
    const inside = { ...place, within: new Set([...place.within, ...here]) };
    if (layers.some(({ properties }) => properties !== undefined)) return object(layers, inside);
    if (layers.some(({ additionalProperties }) => isObject(additionalProperties))) {
      return largest(layers, 'minProperties') > 0 ? missingAt(place) : { value: {} };
    }
    const items = layers.flatMap((layer) => (isObject(layer.items) ? [layer.items] : []));
    return items.length > 0 ? array(layers, items, inside) : missingAt(place);
  }

  function object(layers: readonly JsonSchema[], { path, like, within }: Place): Outcome {
    const required = new Set(layers.flatMap((layer) => (layer.required as string[] | undefined) ?? []));
    const missing: string[] = [];
    const fields: [name: string, value: unknown][] = [];
    for (const [name, schemas] of fieldsOf(layers)) {
      const known = isObject(like) && Object.hasOwn(like, name) ? like[name] : undefined;
      const outcome = compose(schemas, { path: pointer(path, name), like: known, within });
      if ('value' in outcome) fields.push([name, outcome.value]);
      else if (required.has(name)) missing.push(...outcome.missing);
    }
    return missing.length > 0 ? { missing } : { value: Object.fromEntries(fields) };
  }

  function array(layers: readonly JsonSchema[], items: readonly JsonSchema[], place: Place): Outcome {
    const before = left;
    const item = compose(items, { ...place, like: Array.isArray(place.like) ? place.like[0] : undefined });
    if ('missing' in item) return place.like === undefined ? item : missingAt(place);
    const size = Math.max(1, largest(layers, 'minItems'));
    left -= (size - 1) * (before - left);
    if (left < 0) return missingAt(place);
    return { value: Array.from({ length: size }, () => structuredClone(item.value)) };
  }
}

type Outcome = { readonly value: unknown } | { readonly missing: readonly string[] };

interface Place {
  readonly path: string;
  /** What an example of another version has there. */
  readonly like: unknown;
  /** The references that it stands in: one of them again would go round for ever. */
  readonly within: ReadonlySet<string>;
}

function missingAt({ path, like }: Place): Outcome {
  return like === undefined ? { missing: [path] } : { value: structuredClone(like) };
}

/** In the place of a schema that holds itself. */
const CIRCLE: JsonSchema = {};

/** A schema with all that holds beside it: what it refers to, what `allOf` says, and the first of its alternatives. */
function layersOf(
  root: JsonSchema,
  schema: JsonSchema,
  within: ReadonlySet<string>,
  here: Set<string>,
): JsonSchema[] {
  const { $ref, ...others } = schema;
  const list = (keyword: string): JsonSchema[] => (others[keyword] as JsonSchema[] | undefined) ?? [];
  const beside = [...list('allOf'), ...list('anyOf').slice(0, 1), ...list('oneOf').slice(0, 1)];
  if (typeof $ref === 'string' && within.has($ref)) beside.push(CIRCLE);
  else if (typeof $ref === 'string' && !here.has($ref)) {
    here.add($ref);
    beside.unshift(resolved(root, $ref));
  }
  return [schema, ...beside.flatMap((one) => layersOf(root, one, within, here))];
}

/** The values that a schema names, the best one first. */
function givenBy(schema: JsonSchema): unknown[] {
  const lists = [
    schema.examples,
    'default' in schema && [schema.default],
    'const' in schema && [schema.const],
  ];
  return [...lists, schema.enum].flatMap((list) => (Array.isArray(list) ? (list as unknown[]) : []));
}

/** The fields that the layers of an object name, with all that they say of each. */
function fieldsOf(layers: readonly JsonSchema[]): Map<string, JsonSchema[]> {
  const fields = new Map<string, JsonSchema[]>();
  for (const { properties } of layers) {
    for (const [name, field] of Object.entries((properties ?? {}) as Record<string, JsonSchema>)) {
      fields.set(name, [...(fields.get(name) ?? []), field]);
    }
  }
  return fields;
}

function largest(layers: readonly JsonSchema[], keyword: string): number {
  return Math.max(0, ...layers.map((layer) => (layer[keyword] as number | undefined) ?? 0));
}
