import type { Msg } from '@nats-io/nats-core';
import { type CloudEvent, decodeAttribute, decodeMessage } from '@troupe/contract';
import { headerBlockOf, headerEntries, type Names, stepName } from '@troupe/jetstream';
import { senderOf, traceOf } from '../model/message.ts';
import { EVENTS, positionOf } from '../model/record.ts';
import { keptText } from '../model/text.ts';
import type { NewMessage } from '../store/batch.ts';
import { type BusinessKeys, keysIn } from './business-keys.ts';
import type { Stored } from './pulls.ts';

/** What a message says of itself, as far as it can be read. */
type Said = Partial<
  Pick<CloudEvent, 'id' | 'source' | 'type' | 'time' | 'correlationid' | 'parentflowid' | 'causationid'>
>;

/** Longer texts of foreign messages are cut: the index keeps what can be asked for. */
const LONGEST = 512;

/** A message of EVENTS or of an app's own stream, as it is indexed; all but the share that it belongs to. */
export function entryOf(
  stored: Stored,
  n: number,
  names: Names,
  businessKeys: BusinessKeys,
): Omit<NewMessage, 'share'> {
  const { stream, seq, subject, at, message } = stored;
  const { data } = message;
  const headers = headersOf(message);
  const said = saidBy(headers, data);
  const id = said.id || `${stream}/${seq}`;
  const source = said.source || 'unknown';
  const type = said.type || 'unknown';
  const saidAt = Date.parse(said.time ?? '');
  const copy = stream === names.events ? ORIGINAL : copyOf(headers, { n, stream, subject }, names);
  return {
    pos: positionOf(n, seq),
    id,
    source,
    type,
    flow: said.correlationid || id,
    cause: said.causationid,
    parent: said.parentflowid,
    stream,
    seq,
    at,
    saidAt: Number.isNaN(saidAt) ? undefined : saidAt,
    size: data.length,
    trace: traceOf(headers.get('traceparent')),
    ...senderOf(source),
    subject: keptText(subject.slice(0, subject.lastIndexOf('.'))),
    ...copy,
    keys: copy === ORIGINAL ? keysIn(data, businessKeys(type)) : [],
  };
}

/** Names in lower case and their first values. */
export type Headers = ReadonlyMap<string, string>;

export function headersOf(message: Msg): Headers {
  const read = new Map<string, string>();
  for (const [name, [value]] of headerEntries(headerBlockOf(message))) {
    const lower = name.toLowerCase();
    if (value !== undefined && !read.has(lower)) read.set(lower, keptText(value));
  }
  return read;
}

/** A whole number from 0 in a header; undefined for anything else. */
export function numberIn(headers: Headers, name: string): number | undefined {
  const text = headers.get(name);
  const number = Number(text);
  return text && Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

type Copy = Pick<NewMessage, 'of' | 'target' | 'due' | 'attempt' | 'letter'>;

const ORIGINAL: Copy = {
  of: undefined,
  target: undefined,
  due: undefined,
  attempt: undefined,
  letter: undefined,
};

/** What it is a copy of: a message of EVENTS, or a direct one of the app's own stream. `rdv.<app>.<step>.<lane>` is for that step; `sch.<app>.<unique>` will be, as its target says. */
function copyOf(
  headers: Headers,
  { n, stream, subject }: { n: number; stream: string; subject: string },
  names: Names,
): Copy {
  const original = headers.get('x-original-stream');
  const from = original === names.events ? EVENTS : original === stream ? n : undefined;
  const seq = from === undefined ? undefined : numberIn(headers, 'x-original-seq');
  const schedule = headers.get('nats-schedule');
  const target = schedule === undefined ? subject : (headers.get('nats-schedule-target') ?? '');
  const [app = '', step = ''] = target.split('.').slice(-3, -1);
  const due = Date.parse(schedule?.replace(/^@at /, '') ?? '');
  return {
    of: from === undefined || seq === undefined ? undefined : positionOf(from, seq),
    target: stepName(app, step),
    due: schedule === undefined ? undefined : Number.isNaN(due) ? 0 : due,
    attempt: numberIn(headers, 'x-attempt'),
    letter: numberIn(headers, 'x-redrive-of'),
  };
}

function saidBy(headers: Headers, payload: Uint8Array): Said {
  if (!headers.has('ce-id') && !headers.has('ce-type')) return structured(headers, payload);
  const said: Record<string, string> = {};
  for (const name of ATTRIBUTES) {
    const value = headers.get(`ce-${name}`);
    if (value) said[name] = keptText(attribute(value)).slice(0, LONGEST);
  }
  return said;
}

const ATTRIBUTES = ['id', 'source', 'type', 'time', 'correlationid', 'parentflowid', 'causationid'];

function structured(headers: Headers, payload: Uint8Array): Said {
  try {
    const { event } = decodeMessage(
      [...headers].map(([name, value]) => [name, [value]]),
      payload,
    );
    const said: Record<string, string> = {};
    for (const name of ATTRIBUTES) {
      const value = event[name as keyof Said];
      if (value) said[name] = keptText(value).slice(0, LONGEST);
    }
    return said;
  } catch {
    return {}; // no CloudEvent: shown by its place in the stream
  }
}

function attribute(value: string): string {
  try {
    return decodeAttribute(value);
  } catch {
    return value;
  }
}
