import type { JsMsg } from '@nats-io/jetstream';
import { decodeAttribute } from '@troupe/contract';
import { type Names, stepName } from '@troupe/jetstream';
import { positionOf, type StoredLetter } from '../model/record.ts';
import { EVENTS, headersOf, numberIn } from './entry.ts';

const LONGEST_ERROR = 1_024;

/** A dead letter, as it is indexed; undefined for one that is about no message of this environment. */
export function letterOf(
  message: JsMsg,
  n: number,
  names: Names,
): (StoredLetter & { readonly pos: number }) | undefined {
  const headers = headersOf(message);
  const seq = numberIn(headers, 'x-original-seq');
  if (seq === undefined || headers.get('x-original-stream') !== names.events) return undefined;
  const [appOfSubject = '', stepOfSubject = ''] = message.subject.split('.').slice(-2);
  const app = headers.get('x-dlq-app') ?? appOfSubject;
  const step = headers.get('x-dlq-step') ?? stepOfSubject;
  const id = headers.get('ce-id');
  return {
    pos: positionOf(n, message.seq),
    letter: message.seq,
    failure: headers.get('nats-msg-id') ?? String(message.seq),
    of: positionOf(EVENTS, seq),
    id: id === undefined ? undefined : read(id, decodeAttribute),
    step: stepName(app, step),
    reason: headers.get('x-dead-letter-reason') ?? 'unknown',
    error: read(headers.get('x-dlq-error-message') ?? '', decodeURI).slice(0, LONGEST_ERROR) || undefined,
    at: message.time.getTime(),
  };
}

function read(text: string, decode: (text: string) => string): string {
  try {
    return decode(text);
  } catch {
    return text;
  }
}
