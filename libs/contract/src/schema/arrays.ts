import {
  arrayContains,
  arrayMaxSize,
  arrayMinSize,
  arrayNotContains,
  arrayNotEmpty,
  arrayUnique,
  isArray,
} from 'class-validator';
import type { JsonSchema } from '../json-schema.ts';
import { checked, isScalar, type Rule, said } from './rule.ts';

const array = { type: 'array' };

/** Rules of arrays as wholes. */
export const ARRAYS: readonly Rule[] = [
  said('IsArray', 'isArray', isArray, array),
  said('ArrayNotEmpty', 'arrayNotEmpty', arrayNotEmpty, { ...array, minItems: 1 }),
  said('ArrayMinSize', 'arrayMinSize', arrayMinSize, (size) => sized('minItems', size)),
  said('ArrayMaxSize', 'arrayMaxSize', arrayMaxSize, (size) => sized('maxItems', size)),
  said('ArrayContains', 'arrayContains', arrayContains, (values) => {
    if (!areScalars(values)) return undefined;
    if (values.length === 0) return array;
    return { ...array, allOf: values.map((value) => ({ contains: { const: value } })) };
  }),
  said('ArrayNotContains', 'arrayNotContains', arrayNotContains, (values) => {
    if (!areScalars(values)) return undefined;
    return values.length === 0 ? array : { ...array, items: { not: { enum: [...new Set(values)] } } };
  }),
  checked('ArrayUnique', 'arrayUnique', arrayUnique, array, isUnique),
];

/**
 * Objects are compared by identity, and JSON has none: every object of a message is its own. An item that is
 * undefined becomes null in JSON.
 */
function isUnique(items: unknown): boolean {
  const seen = new Set<unknown>();
  for (const item of items as readonly unknown[]) {
    if (typeof item === 'object' && item !== null) continue;
    const scalar = item ?? null;
    if (seen.has(scalar) || Number.isNaN(scalar)) return false;
    seen.add(scalar);
  }
  return true;
}

/** Null is left out: in an array, undefined stands for it too, and the keyword would not see that. */
function areScalars(values: unknown): values is (string | number | boolean)[] {
  return Array.isArray(values) && values.every((value) => isScalar(value) && value !== null);
}

function sized(keyword: string, size: unknown): JsonSchema | undefined {
  return Number.isSafeInteger(size) && (size as number) >= 0 ? { ...array, [keyword]: size } : undefined;
}
