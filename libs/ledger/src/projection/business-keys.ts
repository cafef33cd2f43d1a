import { keptText } from '../model/text.ts';
import type { BusinessKey } from '../store/batch.ts';

/** JSON pointers to the values that a flow can be asked for by, for a contract id: `order.placed.v1` → `/orderId`. */
export type BusinessKeys = (type: string) => readonly string[];

/** Mark of a business key in a contract's JSON Schema. */
export const BUSINESS_KEY = 'x-troupe-business-key';

const LARGEST_PAYLOAD = 1024 * 1024;
const LONGEST_VALUE = 256;
const DEEPEST = 16;

/** The values at these pointers: texts and numbers of at most 256 characters. A payload over 1 MiB is not looked at. */
export function keysIn(payload: Uint8Array, pointers: readonly string[]): BusinessKey[] {
  if (pointers.length === 0 || payload.length > LARGEST_PAYLOAD) return [];
  let content: unknown;
  try {
    content = JSON.parse(utf8.decode(payload));
  } catch {
    return []; // it breaks its contract, and so has none
  }
  return pointers.flatMap((pointer) => {
    const path = pathOf(pointer);
    const value = path.reduce<unknown>(stepInto, content);
    if (typeof value !== 'string' && typeof value !== 'number') return [];
    const text = keptText(String(value));
    const isKey = text !== '' && text.length <= LONGEST_VALUE;
    return isKey ? [{ name: path.at(-1) ?? '', value: text }] : [];
  });
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

function pathOf(pointer: string): string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function stepInto(value: unknown, token: string): unknown {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, token)) return undefined;
  return (value as Record<string, unknown>)[token];
}
