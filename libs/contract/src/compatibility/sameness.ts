import { isDeepStrictEqual } from 'node:util';
import type { JsonSchema } from '../json-schema.ts';
import type { SchemaDocument } from './document.ts';
import { keywordsOf, type Place } from './place.ts';

/** References that are followed while two places are compared. */
const MOST_PAIRS = 1_000;

/** Whether two places say the same of every value, their remarks aside: word for word, references followed. */
export function same(one: Place, other: Place): boolean {
  return isSame(one, other, new Set());
}

/** @param compared pairs that are the same, unless one of the rest is not; grows */
function isSame(one: Place, other: Place, compared: Set<string>): boolean {
  if (one.document.dialect !== other.document.dialect) return false;
  if (typeof one.schema === 'boolean' || typeof other.schema === 'boolean')
    return one.schema === other.schema;
  const pair = `${one.document.side}${one.pointer} ${other.document.side}${other.pointer}`;
  const different = differences.get(one.document) ?? new Set();
  differences.set(one.document, different);
  if (compared.has(pair)) return true;
  if (different.has(pair) || compared.size > MOST_PAIRS) return false;
  compared.add(pair);
  const isAlike = alike(keywordsOf(one), keywordsOf(other), false, (ours, theirs) => {
    const target = one.document.target({ ...one, schema: ours });
    const their = other.document.target({ ...other, schema: theirs });
    return target !== undefined && their !== undefined && isSame(target, their, compared);
  });
  if (!isAlike) different.add(pair);
  return isAlike;
}

/** Pairs that are known not to be the same, so that a chain of references is followed once. */
const differences = new WeakMap<SchemaDocument, Set<string>>();

type Follow = (ours: JsonSchema, theirs: JsonSchema) => boolean;

function alike(ours: unknown, theirs: unknown, isValue: boolean, follow: Follow): boolean {
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    return ours.length === theirs.length && ours.every((item, i) => alike(item, theirs[i], isValue, follow));
  }
  if (isValue || !isObject(ours) || !isObject(theirs)) return isDeepStrictEqual(ours, theirs);
  const names = said(ours);
  if (names.length !== said(theirs).length) return false;
  if (DYNAMIC.some((keyword) => keyword in ours)) return false;
  return names.every((name) => {
    if (!Object.hasOwn(theirs, name)) return false;
    if (name === '$ref' && typeof ours.$ref === 'string' && typeof theirs.$ref === 'string') {
      return follow(ours, theirs);
    }
    return alike(
      ours[name],
      theirs[name],
      name === 'const' || name === 'enum' || name.startsWith('x-'),
      follow,
    );
  });
}

/** The members of a schema, or of what it holds by name, that are no remark. */
function said(object: JsonSchema): string[] {
  return Object.keys(object).filter((name) => !(REMARKS.has(name) && typeof object[name] === 'string'));
}

const REMARKS: ReadonlySet<string> = new Set(['title', 'description', '$comment', '$id', '$schema']);
const DYNAMIC = ['$dynamicRef', '$recursiveRef'];

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether a place, once opened, still takes all that it takes as it is written. With `oneOf` it may not. */
export function takesItself(place: Place): boolean {
  const found = { oneOf: false, closed: false };
  const seen = new Set<string>();
  const visit = (one: Place): void => {
    if (seen.has(one.pointer)) return;
    seen.add(one.pointer);
    search(one.schema, (schema) => {
      if (Array.isArray(schema.oneOf)) found.oneOf = true;
      if (schema.additionalProperties === false || schema.unevaluatedProperties === false)
        found.closed = true;
      const target = one.document.target({ ...one, schema });
      if (target) visit(target);
    });
  };
  visit(place);
  return !(found.oneOf && found.closed);
}

function search(value: unknown, each: (schema: JsonSchema) => void): void {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) each(value as JsonSchema);
  for (const item of Object.values(value)) search(item, each);
}
