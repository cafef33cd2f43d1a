import { maskOf, type Violation } from '@troupe/contract';
import { decoded, isStructured } from './letter.ts';
import { headerOf, type Stored } from './stored.ts';

/** Whatever else there is to know about one letter. */
export interface LetterContent {
  readonly stack: string;
  readonly host: string;
  readonly version: string;
  readonly violations: { readonly total: number; readonly shown: readonly Violation[] } | undefined;
  readonly headers: readonly (readonly [name: string, values: readonly string[]])[];
  /** With `***` for each sensitive value; hidden where it is not known what is sensitive. */
  readonly body: Body | HiddenBody;
}

/** The payload as JSON where it is; else as text, or base64 when it is not even UTF-8. */
export type Body =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'base64'; readonly value: string };

/** A payload that is not shown, and why. */
export interface HiddenBody {
  readonly kind: 'hidden';
  readonly value: string;
}

export function readContent(stored: Stored): LetterContent {
  const text = (name: string): string => decoded(headerOf(stored, name) ?? '');
  return {
    stack: text('x-dlq-error-stack'),
    host: text('x-dlq-host'),
    version: text('x-dlq-version'),
    violations: violationsOf(text('x-dlq-violations')),
    headers: stored.headers,
    body: shownBody(stored, sensitivePaths(text('x-dlq-sensitive'))),
  };
}

function violationsOf(text: string): LetterContent['violations'] {
  try {
    return JSON.parse(text) as LetterContent['violations'];
  } catch {
    return undefined;
  }
}

/** The payload as it may be shown to anybody. */
function shownBody(stored: Stored, paths: readonly string[] | undefined): Body | HiddenBody {
  if (paths === undefined) return hidden('its contract is not known to the step that set it aside');
  const body = bodyOf(stored.payload);
  if (paths.length === 0) return body;
  if (body.kind !== 'json') return hidden('it may hold sensitive values, and is no JSON');
  const inEnvelope = isStructured(stored) ? ['/data_base64', ...paths.map((path) => `/data${path}`)] : [];
  return { kind: 'json', value: maskOf([...paths, ...inEnvelope]).data(body.value) };
}

function hidden(why: string): HiddenBody {
  return { kind: 'hidden', value: why };
}

function sensitivePaths(text: string): readonly string[] | undefined {
  try {
    const paths: unknown = JSON.parse(text);
    return Array.isArray(paths) && paths.every((path) => typeof path === 'string') ? paths : undefined;
  } catch {
    return undefined;
  }
}

/** The payload whole, sensitive values included. */
export function bodyOf(payload: Uint8Array): Body {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(payload);
  } catch {
    return { kind: 'base64', value: Buffer.from(payload).toString('base64') };
  }
  try {
    return { kind: 'json', value: JSON.parse(text) };
  } catch {
    return { kind: 'text', value: text };
  }
}
