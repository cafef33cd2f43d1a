import { dataOfWork, maskOfWork } from './known-data.ts';
import type { Work } from './work.ts';

/**
 * What a handler threw, without the sensitive values of its message: in its texts, its other fields and its causes.
 * It keeps its class. The same error when the contract has nothing sensitive. Never throws.
 */
export function maskedError<E extends Error>(work: Work, error: E): E {
  const mask = maskOfWork(work);
  if (mask === undefined || mask.paths.length === 0) return error;
  try {
    return withoutSecrets(error, mask.hiding(dataOfWork(work)), new Set());
  } catch {
    const message = 'What was thrown cannot be read, and may hold sensitive values.';
    return Object.assign(Object.create(Object.getPrototypeOf(error)) as E, {
      name: 'Error',
      message,
      stack: message,
    });
  }
}

type Hide = (text: string) => string;

/** Fields of errors are as deep and as many as this; what lies beyond is left out. */
const DEEPEST = 6;
const MOST = 1_000;

function withoutSecrets<E extends Error>(error: E, hide: Hide, seen: Set<object>): E {
  seen.add(error);
  const copy = Object.create(Object.getPrototypeOf(error)) as E;
  const own = Object.entries(error).map(([name, value]) => [name, hidden(value, hide, seen, 1)]);
  Object.assign(copy, Object.fromEntries(own));
  const hiddenFields: Record<string, unknown> = {
    name: hide(error.name),
    message: hide(error.message),
    stack: error.stack && hide(error.stack),
    ...('cause' in error && { cause: hidden(error.cause, hide, seen, 1) }),
    ...('errors' in error && { errors: hidden(error.errors, hide, seen, 1) }),
  };
  for (const [name, value] of Object.entries(hiddenFields)) {
    Object.defineProperty(copy, name, { value, writable: true, configurable: true, enumerable: false });
  }
  return copy;
}

function hidden(value: unknown, hide: Hide, seen: Set<object>, depth: number): unknown {
  if (typeof value === 'string') return hide(value);
  if (typeof value === 'number' || typeof value === 'bigint') {
    return hide(String(value)) === String(value) ? value : hide(String(value));
  }
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value) || depth > DEEPEST || seen.size > MOST) return undefined;
  if (value instanceof Error) return withoutSecrets(value, hide, seen);
  seen.add(value);
  if ('toJSON' in value && typeof value.toJSON === 'function') {
    return hidden(value.toJSON() as unknown, hide, seen, depth + 1);
  }
  if (Array.isArray(value)) return value.slice(0, MOST).map((item) => hidden(item, hide, seen, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [hide(name), hidden(item, hide, seen, depth + 1)]),
  );
}
