import { decodeAttribute } from '@troupe/contract';
import { type Names, stepName } from '@troupe/jetstream';
import { EVENTS, positionOf, type StoredLetter } from '../model/record.ts';
import { keptText } from '../model/text.ts';
import { headersOf, numberIn } from './headers.ts';
import type { Stored } from './pulls.ts';

const APP = /^[a-z][a-z0-9-]{0,63}$/;
const LONGEST_ERROR = 1_024;

/**
 * A dead letter, as it is indexed; undefined for one that is about no message of this environment.
 * @param numberOf gives the ledger's number of an app's own stream, which the letters of direct messages are about
 */
export function letterOf(
  stored: Stored,
  n: number,
  names: Names,
  numberOf: (stream: string) => number | undefined,
): (StoredLetter & { readonly pos: number }) | 'of an unknown stream' | undefined {
  const headers = headersOf(stored.message);
  const seq = numberIn(headers, 'x-original-seq');
  const original = headers.get('x-original-stream');
  const [appOfSubject = '', stepOfSubject = ''] = keptText(stored.subject).split('.').slice(-2);
  const app = headers.get('x-dlq-app') ?? appOfSubject;
  const isDirect = original === names.delayed(app) && APP.test(app);
  if (seq === undefined || !(original === names.events || isDirect)) return undefined;
  const of = isDirect ? numberOf(names.delayed(app)) : EVENTS;
  if (of === undefined) return 'of an unknown stream';
  const step = headers.get('x-dlq-step') ?? stepOfSubject;
  const id = headers.get('ce-id');
  return {
    pos: positionOf(n, stored.seq),
    letter: stored.seq,
    failure: headers.get('nats-msg-id') ?? String(stored.seq),
    of: positionOf(of, seq),
    id: id === undefined ? undefined : read(id, decodeAttribute),
    step: stepName(app, step),
    reason: headers.get('x-dead-letter-reason') ?? 'unknown',
    error: read(headers.get('x-dlq-error-message') ?? '', decodeURI).slice(0, LONGEST_ERROR) || undefined,
    at: stored.at,
  };
}

function read(text: string, decode: (text: string) => string): string {
  try {
    return keptText(decode(text));
  } catch {
    return text;
  }
}
