import { keptText } from '../model/text.ts';
import type { BusinessKey } from '../store/batch.ts';
import { Recent } from '../store/recent.ts';

/** JSON pointers to the values that a flow can be asked for by, for a contract id: `order.placed.v1` → `/orderId`. */
export type BusinessKeys = (type: string) => readonly string[];

/** Mark of a business key in a contract's JSON Schema. */
export const BUSINESS_KEY = 'x-troupe-business-key';

const KEPT = 1_000;
const LARGEST_PAYLOAD = 1024 * 1024;
const LONGEST_VALUE = 256;
const DEEPEST = 16;

/** The fields that a JSON pointer leads through. */
export type Path = readonly string[];

/** What is looked for in the payloads of a type, found out once for each type that comes often. */
export class KeyPaths {
  readonly #paths = new Recent<string, readonly Path[]>(KEPT);

  constructor(private readonly businessKeys: BusinessKeys) {}

  of(type: string): readonly Path[] {
    const kept = this.#paths.get(type);
    if (kept !== undefined) return kept;
    const paths = this.businessKeys(type).map(pathOf);
    this.#paths.set(type, paths);
    return paths;
  }
}

/** The values at these paths: texts and numbers of at most 256 characters. A payload over 1 MiB is not looked at. */
export function keysIn(payload: Uint8Array, paths: readonly Path[]): BusinessKey[] {
  if (paths.length === 0 || payload.length > LARGEST_PAYLOAD) return [];
  let content: unknown;
  try {
    content = JSON.parse(utf8.decode(payload));
  } catch {
    return []; // it breaks its contract, and so has none
  }
  const keys: BusinessKey[] = [];
  for (const path of paths) {
    const value = path.reduce<unknown>(stepInto, content);
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const text = keptText(String(value));
    if (text !== '' && text.length <= LONGEST_VALUE) keys.push({ name: path.at(-1) ?? '', value: text });
  }
  return keys;
}

/** The JSON pointers of the fields that a contract's schema marks as business keys. */
export function markedIn(schema: object): string[] {
  const found: string[] = [];
  const walk = (node: unknown, pointer: string, depth: number): void => {
    if (typeof node !== 'object' || node === null || depth > DEEPEST) return;
    const { [BUSINESS_KEY]: mark, properties } = node as Record<string, unknown>;
    if (mark === true && pointer !== '') found.push(pointer);
    if (typeof properties !== 'object' || properties === null) return;
    for (const [name, child] of Object.entries(properties))
      walk(child, `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, depth + 1);
  };
  walk(schema, '', 0);
  return found;
}

const utf8 = new TextDecoder();

/** `/customer/a~1b` → `customer`, `a/b`. */
export function pathOf(pointer: string): Path {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function stepInto(value: unknown, token: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined;
  return (value as Record<string, unknown>)[token];
}
