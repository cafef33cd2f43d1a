import { SchemaInvalidError, SchemaTooLargeError } from '../error.ts';
import { pointer as below } from '../violation.ts';

/** Characters of names and texts, and values, of one schema. */
export const LARGEST = 10 * 1024 * 1024;
/** Levels of one schema. */
export const DEEPEST = 256;

/**
 * A copy that shares nothing, with nothing in it that JSON does not know.
 * @throws SchemaInvalidError for a function, a symbol, a bigint or a number that is not finite
 * @throws SchemaTooLargeError when there is too much to copy, which a value that contains itself is
 */
export function copyOf(value: unknown): unknown {
  let left = LARGEST;
  const spend = (size: number) => {
    left -= size;
    if (left < 0) throw new SchemaTooLargeError(`it is larger than ${LARGEST} characters`);
  };
  const copy = (item: unknown, pointer: string, depth: number): unknown => {
    if (depth > DEEPEST) throw new SchemaTooLargeError(`it is nested deeper than ${DEEPEST} levels`);
    spend(typeof item === 'string' ? item.length + 1 : 1);
    if (Array.isArray(item)) return item.map((one, i) => copy(one, below(pointer, String(i)), depth + 1));
    if (typeof item === 'object' && item !== null) {
      const entries = Object.entries(item).filter(([, one]) => one !== undefined);
      return Object.fromEntries(
        entries.map(([key, one]) => {
          spend(key.length);
          return [key, copy(one, below(pointer, key), depth + 1)];
        }),
      );
    }
    if (item === null || typeof item === 'string' || typeof item === 'boolean' || Number.isFinite(item))
      return item;
    throw new SchemaInvalidError(pointer, `holds ${String(item)}, which JSON does not know`);
  };
  return copy(value, '', 0);
}
