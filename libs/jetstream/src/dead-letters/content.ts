import type { Violation } from '@troupe/contract';
import { decoded } from './letter.ts';
import { headerOf, type Stored } from './stored.ts';

/** Whatever else there is to know about one letter. */
export interface LetterContent {
  readonly stack: string;
  readonly host: string;
  readonly version: string;
  readonly violations: { readonly total: number; readonly shown: readonly Violation[] } | undefined;
  readonly headers: readonly (readonly [name: string, values: readonly string[]])[];
  readonly body: Body;
}

/** The payload as JSON where it is; else as text, or base64 when it is not even UTF-8. */
export type Body =
  | { readonly kind: 'json'; readonly value: unknown }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'base64'; readonly value: string };

export function readContent(stored: Stored): LetterContent {
  const text = (name: string): string => decoded(headerOf(stored, name) ?? '');
  return {
    stack: text('x-dlq-error-stack'),
    host: text('x-dlq-host'),
    version: text('x-dlq-version'),
    violations: violationsOf(text('x-dlq-violations')),
    headers: stored.headers,
    body: bodyOf(stored.payload),
  };
}

function violationsOf(text: string): LetterContent['violations'] {
  try {
    return JSON.parse(text) as LetterContent['violations'];
  } catch {
    return undefined;
  }
}

function bodyOf(payload: Uint8Array): Body {
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
