import { type CloudEvent, decodeAttribute, decodeMessage } from '@troupe/contract';
import { producedBy } from '../consume/produced-by.ts';
import type { ProducingApp } from '../notices.ts';
import { headerOf, type Stored } from './stored.ts';

/** What the letter's message says of itself, as far as it could be read. */
export type LetterEvent = Partial<
  Pick<CloudEvent, 'id' | 'source' | 'type' | 'time' | 'correlationid' | 'causationid' | 'partitionkey'>
> & { readonly appversion?: string };

/** A message that was set aside: where it stands, why, and what it is. Read from the copy's headers. */
export interface Letter {
  /** Its number: the sequence in the stream of dead letters. */
  readonly seq: number;
  /** `Nats-Msg-Id`: the same for the same failure, however often it was written. */
  readonly id: string;
  /** When it was set aside, RFC 3339. */
  readonly at: string;
  readonly app: string;
  readonly step: string;
  /** The durable that delivered the message. */
  readonly consumer: string;
  readonly reason: string;
  readonly error: { readonly type: string; readonly message: string };
  /** The same for the same failure of the same step. */
  readonly fingerprint: string;
  readonly event: LetterEvent;
  /** The flow: `correlationid`, or the message's own id when it has none. */
  readonly flowId: string | undefined;
  /** The app that sent the message, and its version, as far as it says. */
  readonly producer: ProducingApp | undefined;
  /** Attempts made, and times that the broker handed the message out. */
  readonly attempts: number;
  readonly deliveries: number;
  readonly firstFailedAt: string | undefined;
  readonly original: {
    readonly subject: string;
    readonly stream: string;
    readonly seq: number;
    readonly publishedAt: string | undefined;
  };
  /** How often the message was redriven before it failed as this letter. */
  readonly redriveCount: number;
  /** The letter whose redrive failed as this one, and the operation that sent it. */
  readonly redriveOf: number | undefined;
  readonly operation: string | undefined;
  /** Who edited the message, when it is not as it was first sent. */
  readonly editedBy: string | undefined;
  /** Bytes of the payload. */
  readonly size: number;
}

/** Reads a letter from its headers; from the payload too for a message in structured mode. */
export function readLetter(stored: Stored): Letter {
  const header = (name: string): string | undefined => headerOf(stored, name);
  const text = (name: string): string => decoded(header(name) ?? '');
  const count = (name: string): number => wholeNumber(header(name)) ?? 0;
  const [app = '', step = ''] = stored.subject.split('.').slice(-2);
  const event = eventOf(stored);
  return {
    seq: stored.seq,
    id: header('Nats-Msg-Id') ?? `${stored.subject}/${stored.seq}`,
    at: stored.time.toISOString(),
    app: header('x-dlq-app') ?? app,
    step: header('x-dlq-step') ?? step,
    consumer: header('x-dlq-consumer') ?? '',
    reason: header('x-dead-letter-reason') ?? 'unknown',
    error: { type: text('x-dlq-error-type'), message: text('x-dlq-error-message') },
    fingerprint: header('x-dlq-fingerprint') ?? '',
    event,
    flowId: event.correlationid ?? event.id,
    producer: event.source === undefined ? undefined : producedBy(event.source, event.appversion),
    attempts: count('x-attempt'),
    deliveries: count('x-delivery-count'),
    firstFailedAt: header('x-first-failed-at'),
    original: {
      subject: header('x-original-subject') ?? '',
      stream: header('x-original-stream') ?? '',
      seq: count('x-original-seq'),
      publishedAt: header('x-original-published-at'),
    },
    redriveCount: count('x-redrive-count'),
    redriveOf: wholeNumber(header('x-redrive-of')),
    operation: header('x-redrive-operation'),
    editedBy: header('x-edited-by') && text('x-edited-by'),
    size: stored.size,
  };
}

/** Whether what the message says of itself can only be read with the payload. */
export function isStructured({ headers }: Pick<Stored, 'headers'>): boolean {
  const contentType = headerOf({ headers }, 'content-type');
  if (contentType !== undefined && /^application\/cloudevents/i.test(contentType)) return true;
  return !headers.some(([name]) => /^ce-/i.test(name));
}

function eventOf(stored: Stored): LetterEvent {
  if (isStructured(stored)) {
    try {
      const { event } = decodeMessage(unfrozen(stored.headers), stored.payload);
      const { appversion } = event.extensions;
      return appversion === undefined ? event : { ...event, appversion };
    } catch {
      return {}; // that may be why it was set aside
    }
  }
  const event: Record<string, string> = {};
  for (const name of [
    'id',
    'source',
    'type',
    'time',
    'correlationid',
    'causationid',
    'partitionkey',
    'appversion',
  ]) {
    const value = headerOf(stored, `ce-${name}`);
    if (value) event[name] = attribute(value);
  }
  return event;
}

/** The codec takes lists that it may change; it does not. */
export function unfrozen(headers: Stored['headers']): [string, string[]][] {
  return headers.map(([name, values]) => [name, [...values]]);
}

function attribute(value: string): string {
  try {
    return decodeAttribute(value);
  } catch {
    return value;
  }
}

/** Texts of a person or a program are percent-encoded. */
export function decoded(text: string): string {
  try {
    return decodeURI(text);
  } catch {
    return text;
  }
}

function wholeNumber(text: string | undefined): number | undefined {
  const number = Number(text);
  return text && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}
