import { ContextError } from '../errors.ts';

const DEEPEST = 100;

/** A copy of a message's data without its class: what the machine gets is what a record gives back. */
export function plain(value: unknown, depth = 0): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) throw new ContextError('data', `nested deeper than ${DEEPEST} levels`);
  if (Array.isArray(value)) return value.map((item) => plain(item, depth + 1));
  const copy: Record<string, unknown> = {};
  for (const name of Object.keys(value)) {
    const item = plain((value as Record<string, unknown>)[name], depth + 1);
    // Assigned, it would be taken for the prototype.
    if (name === '__proto__')
      Object.defineProperty(copy, name, {
        value: item,
        configurable: true,
        enumerable: true,
        writable: true,
      });
    else copy[name] = item;
  }
  return copy;
}

/** What was checked already. It is frozen, so it is so still. */
const checked = new WeakSet<object>();

/**
 * Freezes a context, so that a machine that changes it in place fails at once instead of changing what was loaded.
 * @throws ContextError when it holds what JSON does not give back
 */
export function freezePlain(value: unknown, path: string, depth = 0): void {
  const found = foreign(value, depth);
  if (found !== undefined) throw new ContextError(path, found);
  if (typeof value !== 'object' || value === null || checked.has(value)) return;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index++) {
      if (value[index] === undefined) throw new ContextError(`${path}[${index}]`, 'undefined');
      freezePlain(value[index], `${path}[${index}]`, depth + 1);
    }
  } else {
    for (const name of Object.keys(value)) {
      const item = (value as Record<string, unknown>)[name];
      if (item !== undefined) freezePlain(item, `${path}.${name}`, depth + 1);
    }
  }
  checked.add(Object.freeze(value));
}

function foreign(value: unknown, depth: number): string | undefined {
  if (value === null) return undefined;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : String(value);
    case 'object':
      break;
    default:
      return value === undefined ? 'undefined' : `a ${typeof value}`;
  }
  if (depth > DEEPEST) return `nested deeper than ${DEEPEST} levels, or in itself`;
  if (Array.isArray(value)) return undefined;
  const prototype = Object.getPrototypeOf(value) as { constructor?: { name?: string } } | null;
  if (prototype === null || prototype === Object.prototype) {
    return typeof (value as { toJSON?: unknown }).toJSON === 'function' ? 'an object with toJSON' : undefined;
  }
  return `an instance of ${prototype.constructor?.name ?? 'a class'}`;
}
