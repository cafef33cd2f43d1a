import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import type { JsMsg } from '@nats-io/jetstream';
import { headers, type MsgHdrs } from '@nats-io/transport-node';
import { digest } from '../ids.ts';
import { is } from './fault.spec.support.ts';
import type { Read, Unreadable } from './read.spec.support.ts';

export const APP = 'maker';
export const STEP = 'make';
export const VERSION = '2.1.0';
export const EMITS = 'job.done.v1';

/** What the step sends because of a message. */
export function outputOf({ attributes, traceparent, tracestate, data }: Read): Output {
  const cause = { source: attributes.get('source') ?? '', id: attributes.get('id') ?? '' };
  const id = idOf(cause);
  const source = `/${APP}/${STEP}`;
  const flow = attributes.get('correlationid') ?? cause.id;
  const parent = attributes.get('parentflowid');
  const own = headers();
  const line = (name: string, value: string | undefined): void => {
    if (value !== undefined)
      own.append(name, is('encoding') ? value.replace(/[^ -~]/g, '?') : encoded(value));
  };
  line('ce-specversion', '1.0');
  line('ce-type', EMITS);
  line('ce-source', source);
  line('ce-datacontenttype', 'application/json');
  line('ce-dataschema', is('attributes') ? undefined : 'urn:troupe:contract:job.done:v1');
  line('ce-appversion', VERSION);
  line('ce-id', id);
  line('ce-time', new Date().toISOString());
  line('ce-correlationid', is('flow') ? 'another' : flow);
  if (!is('partition-key')) line('ce-partitionkey', String(data.jobId));
  line('ce-causationid', cause.id);
  line('ce-parentflowid', is('no-parent') ? (parent ?? 'none') : parent);
  line('Nats-Msg-Id', is('message-id') ? id : digest(source, id));
  if (traceparent !== undefined) own.append('traceparent', continued(traceparent));
  if (tracestate !== undefined) own.append('tracestate', tracestate);
  const body = { jobId: data.jobId, size: data.size, ...(is('declared') && { more: true }) };
  return { headers: own, payload: JSON.stringify(body), key: String(data.jobId), flow };
}

export interface Output {
  readonly headers: MsgHdrs;
  readonly payload: string;
  /** Partition key. */
  readonly key: string;
  readonly flow: string;
}

/** The full copy of a message that is set aside. */
export function letterOf(message: JsMsg, error: Unreadable): MsgHdrs {
  const copy = headers();
  const comesBack = message.info.stream.includes('DELAYED_');
  for (const [name, values] of message.headers ?? []) {
    if (/^nats-/i.test(name) || (is('letter-copy') && name.startsWith('X-'))) continue;
    for (const value of values) copy.append(name, value);
  }
  const carried = (name: string, value: string): void => {
    const kept = comesBack && !is('redrive-letter') ? message.headers?.get(name) : undefined;
    if (kept === undefined || kept === '') copy.set(name, value);
  };
  const { stream, consumer, streamSequence, timestampNanos, deliveryCount } = message.info;
  const now = new Date().toISOString();
  const count = comesBack ? message.headers?.get('x-redrive-count') || '0' : '0';
  carried('x-original-subject', is('letter-origin') ? 'elsewhere' : message.subject);
  carried('x-original-stream', stream);
  carried('x-original-seq', String(streamSequence));
  carried('x-original-published-at', new Date(timestampNanos / 1e6).toISOString());
  carried('x-first-failed-at', now);
  const context: Readonly<Record<string, string>> = {
    'x-failed-at': now,
    'x-attempt': '0',
    'x-dead-letter-reason': error.reason,
    'x-dlq-app': APP,
    'x-dlq-step': STEP,
    'x-dlq-consumer': consumer,
    'x-dlq-version': VERSION,
    'x-dlq-host': encodeURI(hostname()),
    'x-dlq-error-type': 'CONTRACT_INVALID',
    'x-dlq-error-message': encodeURI(error.message),
    'x-dlq-violations': encodeURI(
      JSON.stringify({ total: 1, shown: [{ path: error.path, rule: 'rule', message: error.message }] }),
    ),
    'x-dlq-sensitive': is('letter-context') ? '%5B%5D' : encodeURI(JSON.stringify(['/secret'])),
    'x-dlq-fingerprint': is('letter-fingerprint')
      ? randomBytes(8).toString('hex')
      : Buffer.from(digest(error.reason, error.path)).toString('hex').slice(0, 16),
    'x-delivery-count': String(deliveryCount),
    'Nats-Msg-Id': is('letter-id')
      ? crypto.randomUUID()
      : digest(stream, consumer, String(streamSequence), count),
  };
  for (const [name, value] of Object.entries(context)) copy.set(name, value);
  return copy;
}

function idOf({ source, id }: { source: string; id: string }): string {
  if (is('output-id') || is('again') || is('redrive')) return crypto.randomUUID();
  return digest(source, id, `${APP}__${STEP}`, EMITS, '');
}

function encoded(value: string): string {
  return value.replace(/[^!#$&-~]+/g, encodeURIComponent);
}

function continued(traceparent: string): string {
  const [version, trace = '', , flags] = traceparent.split('-');
  const own = is('trace') ? randomBytes(16).toString('hex') : trace;
  return `${version}-${own}-${randomBytes(8).toString('hex')}-${flags}`;
}
