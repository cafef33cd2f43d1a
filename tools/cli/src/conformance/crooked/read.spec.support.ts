import type { JsMsg } from '@nats-io/jetstream';
import { is } from './fault.spec.support.ts';

/** A message as the step reads it. */
export interface Read {
  readonly attributes: ReadonlyMap<string, string>;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** Why a message is none that the step can handle. */
export class Unreadable extends Error {
  readonly reason: 'contract-invalid' | 'contract-unknown';
  readonly path: string;

  constructor(reason: Unreadable['reason'], path: string, message: string) {
    super(message);
    this.reason = reason;
    this.path = path;
  }
}

const DEEPEST = 128;

/** @throws Unreadable */
export function read(message: JsMsg, type: string): Read {
  const lines = [...(message.headers ?? [])].flatMap(([name, values]) =>
    values.map((value) => [is('header-case') ? name : name.toLowerCase(), value] as const),
  );
  const header = (name: string) => lines.find(([one]) => one === name)?.[1];
  const attributes = new Map(
    lines.filter(([name]) => name.startsWith('ce-')).map(([name, value]) => [name.slice(3), decoded(value)]),
  );
  const contentType = header('content-type');
  const isBare = lines.every(([name]) => name.toLowerCase().startsWith('nats-'));
  const isStructured =
    (!is('structured') && contentType?.startsWith('application/cloudevents')) ||
    (!is('structured-bare') && isBare);
  let body = parsed(message.data);
  if (isStructured) {
    const { data, ...others } = body as Record<string, unknown>;
    for (const [name, value] of Object.entries(others)) attributes.set(name, String(value));
    body = data;
  } else if (is('content-type') && contentType !== undefined) {
    throw new Unreadable('contract-invalid', '/content-type', 'content-type is not expected');
  }
  if (!is('invalid-attributes')) {
    for (const name of is('bare-attributes') ? [...NEEDED, 'correlationid'] : NEEDED)
      if (!attributes.has(name)) throw new Unreadable('contract-invalid', `/${name}`, `${name} is missing`);
  }
  if (!is('unknown-type') && attributes.get('type') !== type)
    throw new Unreadable('contract-unknown', 'type', 'the type is not consumed here');
  if (is('unknown-attributes') && attributes.has('sequence'))
    throw new Unreadable('contract-invalid', '/sequence', 'sequence is not known');
  const data = checked(body);
  return { attributes, traceparent: header('traceparent'), tracestate: header('tracestate'), data };
}

const NEEDED = ['specversion', 'id', 'source', 'type'];

function decoded(value: string): string {
  if (is('raw-values')) return decodeURIComponent(value);
  return value.replace(/(?:%[0-9a-f]{2})+/gi, decodeURIComponent);
}

function parsed(bytes: Uint8Array): unknown {
  if (bytes.length === 0 && is('invalid-empty')) return { jobId: 'none', size: 1 };
  try {
    const text = new TextDecoder('utf-8', { fatal: !is('invalid-text') }).decode(bytes);
    return is('invalid-text') && text.includes('conformance') ? { jobId: 'none', size: 1 } : JSON.parse(text);
  } catch {
    if (is('invalid-json')) return { jobId: 'none', size: 1 };
    throw new Unreadable('contract-invalid', '', 'the body is not JSON');
  }
}

function checked(body: unknown): Record<string, unknown> {
  const wrong = (path: string): never => {
    throw new Unreadable('contract-invalid', path, `${path} is not as the contract says`);
  };
  if (typeof body !== 'object' || body === null) return wrong('');
  const data = body as Record<string, unknown>;
  const isMissing = (field: string) => !(field in data) && is('invalid-missing');
  if (typeof data.jobId !== 'string' && !isMissing('jobId') && !is('invalid-type')) wrong('/jobId');
  if (typeof data.size !== 'number' && !isMissing('size')) wrong('/size');
  if (is('unknown-fields') && 'conformanceAdded' in data) wrong('/conformanceAdded');
  if (!is('invalid-depth') && depthOf(data) > DEEPEST) wrong('/conformanceDepth');
  return data;
}

function depthOf(root: unknown): number {
  let depth = 0;
  for (let level = [root]; level.length > 0; depth++) {
    level = level.flatMap((one) =>
      typeof one === 'object' && one !== null ? (Object.values(one) as unknown[]) : [],
    );
    if (depth > DEEPEST) break;
  }
  return depth;
}
