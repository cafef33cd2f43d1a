import { isObject } from '../object.ts';

/** A key is for people to look for; a longer one is cut. */
const LONGEST = 256;

/** The first value at each path, as text. Paths as `markedPaths` gives them. */
export function keysIn(data: unknown, paths: readonly string[]): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const path of paths) {
    const names = path.split('/').slice(1);
    const value = firstAt(
      data,
      names.map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~')),
    );
    if (value !== undefined) found[path] = value.slice(0, LONGEST);
  }
  return found;
}

function firstAt(value: unknown, [name, ...rest]: readonly string[]): string | undefined {
  if (Array.isArray(value)) return firstOf(value, name === undefined ? [] : [name, ...rest]);
  if (name === undefined) {
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  }
  if (!isObject(value)) return undefined;
  return name === '*' ? firstOf(Object.values(value), rest) : firstAt(value[name], rest);
}

function firstOf(values: readonly unknown[], names: readonly string[]): string | undefined {
  for (const value of values) {
    const found = firstAt(value, names);
    if (found !== undefined) return found;
  }
  return undefined;
}
