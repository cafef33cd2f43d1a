import type { JsonSchema } from '../json-schema.ts';
import { pointer as below } from '../violation.ts';
import type { SchemaDocument } from './document.ts';

/** A schema where it stands: in which document, and at which JSON Pointer. */
export interface Place {
  readonly document: SchemaDocument;
  /** RFC 6901, from the root of the document; `''` is the root. */
  readonly pointer: string;
  readonly schema: JsonSchema | boolean;
}

/** The keywords of a place. Draft-07 ignores what stands beside a `$ref`. */
export function keywordsOf({ schema, document }: Place): JsonSchema {
  if (typeof schema === 'boolean') return NONE;
  return document.dialect === 'draft-07' && '$ref' in schema ? { $ref: schema.$ref } : schema;
}

const NONE: JsonSchema = Object.freeze({});

/** The schema that a keyword holds, or undefined. */
export function schemaAt(place: Place, keyword: string): Place | undefined {
  const held = keywordsOf(place)[keyword];
  return isSchema(held) ? child(place, held, keyword) : undefined;
}

/** The schemas of a keyword that holds a list of them. */
export function schemasIn(place: Place, keyword: string): readonly Place[] {
  const held = keywordsOf(place)[keyword];
  return Array.isArray(held) ? held.map((schema, i) => child(place, schema, keyword, String(i))) : [];
}

/** The names under which a keyword holds schemas. */
export function namesIn(place: Place, keyword: string): readonly string[] {
  const held = keywordsOf(place)[keyword];
  return typeof held === 'object' && held !== null ? Object.keys(held) : [];
}

/** The schema that a keyword holds under a name, or undefined. */
export function schemaNamed(place: Place, keyword: string, name: string): Place | undefined {
  const held = keywordsOf(place)[keyword];
  if (typeof held !== 'object' || held === null || !Object.hasOwn(held, name)) return undefined;
  const schema = (held as JsonSchema)[name];
  return isSchema(schema) ? child(place, schema, keyword, name) : undefined;
}

/** What a list keyword of names holds: `required`. */
export function listIn(place: Place, keyword: string): readonly string[] {
  const held = keywordsOf(place)[keyword];
  return Array.isArray(held) ? held : [];
}

/** What a numeric keyword holds, or undefined. */
export function numberIn(place: Place, keyword: string): number | undefined {
  const held = keywordsOf(place)[keyword];
  return typeof held === 'number' ? held : undefined;
}

/** The schemas of an array's first items and of all that follow, in the words of either dialect. */
export function itemsOf(place: Place): {
  readonly first: readonly Place[];
  readonly rest?: Place | undefined;
} {
  if (place.document.dialect === '2020-12') {
    const unevaluated = isAlone(place) && !('contains' in keywordsOf(place));
    const rest = schemaAt(place, 'items') ?? (unevaluated ? schemaAt(place, 'unevaluatedItems') : undefined);
    return { first: schemasIn(place, 'prefixItems'), rest };
  }
  const first = schemasIn(place, 'items');
  return {
    first,
    rest: schemaAt(place, Array.isArray(keywordsOf(place).items) ? 'additionalItems' : 'items'),
  };
}

/** The schema of the properties that the place does not name. */
export function restOf(place: Place): Place | undefined {
  const rest = schemaAt(place, 'additionalProperties');
  return rest ?? (isAlone(place) ? schemaAt(place, 'unevaluatedProperties') : undefined);
}

/** Whether no other schema says something of the same value, so that unevaluated is what the place does not name. */
export function isAlone(place: Place): boolean {
  const keywords = keywordsOf(place);
  return place.document.dialect === '2020-12' && !TOGETHER.some((keyword) => keyword in keywords);
}

const TOGETHER = ['$ref', '$dynamicRef', 'allOf', 'anyOf', 'oneOf', 'if', 'dependentSchemas'];

/** Names that must be there when another is, by that other. */
export function dependentNames(place: Place): ReadonlyMap<string, readonly string[]> {
  const held = keywordsOf(place)[place.document.dialect === '2020-12' ? 'dependentRequired' : 'dependencies'];
  const entries = Object.entries((held ?? NONE) as JsonSchema);
  return new Map(entries.filter((entry): entry is [string, string[]] => Array.isArray(entry[1])));
}

/** Schemas that hold when a name is there, by the name. */
export function dependentSchemas(place: Place): ReadonlyMap<string, Place> {
  const keyword = place.document.dialect === '2020-12' ? 'dependentSchemas' : 'dependencies';
  const named = namesIn(place, keyword).map((name) => [name, schemaNamed(place, keyword, name)] as const);
  return new Map(named.filter((entry): entry is [string, Place] => entry[1] !== undefined));
}

/** A schema that is no part of the document, said for a place of it. */
export function saidAt(place: Place, schema: JsonSchema | boolean, why: string): Place {
  return { document: place.document, pointer: `${place.pointer}#${why}`, schema };
}

function isSchema(value: unknown): value is JsonSchema | boolean {
  return typeof value === 'boolean' || (typeof value === 'object' && value !== null && !Array.isArray(value));
}

function child({ document, pointer }: Place, schema: JsonSchema | boolean, ...path: string[]): Place {
  return { document, pointer: path.reduce(below, pointer), schema };
}
