import type { Violation } from '../violation.ts';
import { parseBody } from './body.ts';
import { isAttributeName } from './cloud-event.ts';

/** What a structured body holds. */
export interface StructuredBody {
  readonly attributes: Map<string, string>;
  /** Undefined when the body is malformed or has no data. */
  readonly data: unknown;
}

/** Reads the CloudEvents JSON format, `data_base64` included. Faults are appended to `violations`. */
export function readStructured(payload: Uint8Array, violations: Violation[]): StructuredBody {
  const attributes = new Map<string, string>();
  const faults = violations.length;
  const body = parseBody(payload, violations, 1);
  if (violations.length > faults) return { attributes, data: undefined };
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    violations.push({ path: '', rule: 'isObject', message: 'a structured message is a JSON object' });
    return { attributes, data: undefined };
  }
  for (const [name, value] of Object.entries(body)) {
    if (value === null || !(name === 'specversion' || isAttributeName(name))) continue;
    if (typeof value === 'object') {
      violations.push({ path: `/${name}`, rule: 'isString', message: `${name} is no string` });
    } else {
      attributes.set(name, String(value));
    }
  }
  return { attributes, data: dataOf(body, violations) };
}

function dataOf(body: object, violations: Violation[]): unknown {
  const { data, data_base64: base64 } = body as { data?: unknown; data_base64?: unknown };
  if (base64 === undefined || base64 === null) {
    if (data === undefined) violations.push({ path: '', rule: 'empty', message: 'the body has no data' });
    return data;
  }
  if (typeof base64 !== 'string' || !isBase64.test(base64) || data !== undefined) {
    violations.push({
      path: '/data_base64',
      rule: 'isBase64',
      message: 'data_base64 is no base64 string, or stands beside data',
    });
    return undefined;
  }
  return parseBody(Buffer.from(base64, 'base64'), violations);
}

const isBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
