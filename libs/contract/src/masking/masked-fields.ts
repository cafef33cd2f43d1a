import { pointer } from '../violation.ts';

/** What stands in the place of a sensitive value. */
export const MASKED = '***';

/** Sensitive fields, found in data and in paths of data. */
export class MaskedFields {
  readonly #root: Field | typeof SENSITIVE;

  /** @param paths names joined by `/` as in JSON Pointer; arrays are looked through, `*` is any name, `''` is the whole */
  constructor(paths: readonly string[]) {
    const root: Field = new Map();
    this.#root = paths.includes('') ? SENSITIVE : root;
    for (const path of paths) {
      let field = root;
      const names = namesIn(path);
      for (const name of names.slice(0, -1)) {
        const known = field.get(name);
        if (known === SENSITIVE) break;
        const next: Field = known ?? new Map();
        field.set(name, next);
        field = next;
      }
      const last = names.at(-1);
      if (last !== undefined) field.set(last, SENSITIVE);
    }
  }

  /** A copy with `***` for each sensitive value that is there; just `***` for data that is too deep to be read. */
  masked(data: unknown): unknown {
    try {
      return copyOf(data, this.#root);
    } catch {
      return MASKED;
    }
  }

  /** Every text and number in sensitive fields. Throws a RangeError for data that is deeper than the stack. */
  secrets(data: unknown): ReadonlySet<string> {
    const found = new Set<string>();
    collect(data, this.#root, found);
    return found;
  }

  /** The path of the sensitive field at or around a JSON Pointer; undefined where there is none. */
  enclosing(path: string): string | undefined {
    const names = namesIn(path);
    const depth = depthOf(names, 0, this.#root);
    return depth === undefined
      ? undefined
      : names.slice(0, depth).reduce((parent, name) => pointer(parent, name), '');
  }
}

const SENSITIVE = Symbol('sensitive');

type Field = Map<string, Field | typeof SENSITIVE>;

function copyOf(value: unknown, field: Field | typeof SENSITIVE): unknown {
  if (value === null || value === undefined) return value;
  if (field === SENSITIVE) return MASKED;
  if (Array.isArray(value)) return value.map((item) => copyOf(item, field));
  if (typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => {
      const inner = within(field, name);
      return [name, inner === undefined ? item : copyOf(item, inner)];
    }),
  );
}

function collect(value: unknown, field: Field | typeof SENSITIVE, found: Set<string>): void {
  if (typeof value === 'object' && value !== null) {
    for (const [name, item] of Object.entries(value)) {
      const inner = field === SENSITIVE || Array.isArray(value) ? field : within(field, name);
      if (inner !== undefined) collect(item, inner, found);
    }
  } else if (field === SENSITIVE && (typeof value === 'string' || typeof value === 'number')) {
    found.add(String(value));
  }
}

function depthOf(names: readonly string[], at: number, field: Field | typeof SENSITIVE): number | undefined {
  if (field === SENSITIVE) return at;
  const name = names[at];
  if (name === undefined) return undefined;
  const inner = within(field, name);
  const depth = inner && depthOf(names, at + 1, inner);
  return depth ?? (/^\d+$/.test(name) ? depthOf(names, at + 1, field) : undefined);
}

function within(field: Field, name: string): Field | typeof SENSITIVE | undefined {
  return field.get(name) ?? field.get('*');
}

function namesIn(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}
