import type { Violation } from '../violation.ts';
import { readAttribute } from './attribute.ts';
import { ATTRIBUTES, isAttributeName, TRACE_CONTEXT } from './cloud-event.ts';

/** The headers of a message as far as CloudEvents cares. */
export interface EventHeaders {
  /** The `ce-` headers, decoded, by attribute name. */
  readonly attributes: Map<string, string>;
  /** The unprefixed `content-type`. */
  readonly contentType: string | undefined;
  /** The plain trace headers, by name. */
  readonly trace: Map<string, string>;
}

/** Reads header names without regard to case. Faults are appended to `violations`. */
export function readHeaders(
  headers: Iterable<[string, string[]]> | undefined,
  violations: Violation[],
): EventHeaders {
  const attributes = new Map<string, string>();
  const trace = new Map<string, string>();
  let contentType: string | undefined;
  for (const [header, values] of headers ?? []) {
    const name = header.toLowerCase();
    const raw = values[0];
    if (raw === undefined) continue;
    if (name.startsWith('ce-')) readInto(attributes, name.slice(3), values, violations);
    else if (name === 'content-type') contentType ??= raw.trim();
    else if (name === 'traceparent') trace.set(name, raw);
    else if (name === 'tracestate') trace.set(name, values.join(','));
  }
  return { attributes, contentType, trace };
}

function readInto(
  attributes: Map<string, string>,
  name: string,
  values: readonly string[],
  violations: Violation[],
): void {
  if (!known.has(name) && !isAttributeName(name)) return;
  for (const raw of values) {
    const value = readAttribute(raw.trim());
    const earlier = attributes.get(name);
    if (value === undefined) {
      violations.push({ path: `/${name}`, rule: 'utf8', message: `ce-${name} is not UTF-8 when decoded` });
    } else if (earlier === undefined) {
      attributes.set(name, value);
    } else if (earlier !== value) {
      violations.push({
        path: `/${name}`,
        rule: 'ambiguous',
        message: `ce-${name} is there with several values`,
      });
    }
  }
}

const known: ReadonlySet<string> = new Set(['specversion', ...ATTRIBUTES, ...TRACE_CONTEXT]);
