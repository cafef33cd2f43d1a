import type { Violation } from '../violation.ts';

/** Nesting of objects and arrays beyond which a body is refused: deep bodies exhaust the stack of whoever walks them. */
export const MAX_DEPTH = 128;

/**
 * The JSON value in a body, or undefined (which is no JSON value) and a violation.
 * @param envelope how many levels around the data do not count.
 */
export function parseBody(payload: Uint8Array, violations: Violation[], envelope = 0): unknown {
  if (payload.length === 0) return fault(violations, 'empty', 'the body is empty');
  let text: string;
  try {
    text = utf8.decode(payload);
  } catch {
    return fault(violations, 'utf8', 'the body is not UTF-8');
  }
  return parseText(text, violations, envelope);
}

/** As `parseBody`, of decoded text. */
export function parseText(text: string, violations: Violation[], envelope = 0): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return fault(violations, 'json', `the body is not JSON: ${unquoted(error as SyntaxError)}`);
  }
  const limit = MAX_DEPTH + envelope;
  if (text.length > 2 * limit && isDeeper(value, limit)) {
    return fault(violations, 'depth', `the data is nested deeper than ${MAX_DEPTH} levels`);
  }
  return value;
}

/** The engine quotes the text around the fault, which may be sensitive. */
function unquoted({ message }: SyntaxError): string {
  return message.replace(/, (\.\.\.)?".*"(\.\.\.)? is not valid JSON$/s, '');
}

function isDeeper(value: unknown, limit: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (limit === 0) return true;
  if (Array.isArray(value)) return value.some((item) => isDeeper(item, limit - 1));
  for (const key in value) {
    if (isDeeper((value as Record<string, unknown>)[key], limit - 1)) return true;
  }
  return false;
}

function fault(violations: Violation[], rule: string, message: string): undefined {
  violations.push({ path: '', rule, message });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });
