import { type CloudEvent, decodeMessage } from '@troupe/contract';
import { type Names, stepName } from '@troupe/jetstream';
import { traceOf } from '../model/message.ts';
import { EVENTS, positionOf } from '../model/record.ts';
import { keptText } from '../model/text.ts';
import type { NewMessage } from '../store/batch.ts';
import { type KeyPaths, keysIn } from './business-keys.ts';
import { attributeIn, type Headers, headersOf, numberIn } from './headers.ts';
import type { Stored } from './pulls.ts';

/** What a message says of itself, as far as it can be read. */
type Said = {
  readonly [K in 'id' | 'source' | 'type' | 'time' | 'correlationid' | 'parentflowid' | 'causationid']?:
    | CloudEvent[K]
    | undefined;
};

/** Longer texts of foreign messages are cut: the index keeps what can be asked for. */
const LONGEST = 512;

/** A message of EVENTS or of an app's own stream, as it is indexed. @param share that its subject belongs to */
export function entryOf(
  { stream, seq, subject, at, message }: Stored,
  n: number,
  share: number,
  names: Names,
  keyPaths: KeyPaths,
): NewMessage {
  const { data } = message;
  const headers = headersOf(message);
  const said = saidBy(headers, data);
  const id = said.id || `${stream}/${seq}`;
  const type = said.type || 'unknown';
  const saidAt = Date.parse(said.time ?? '');
  const { of, target, due, attempt, letter } =
    stream === names.events ? ORIGINAL : copyOf(headers, { n, stream, subject }, names);
  return {
    pos: positionOf(n, seq),
    share,
    id,
    source: said.source || 'unknown',
    type,
    flow: said.correlationid || id,
    cause: said.causationid,
    parent: said.parentflowid,
    at,
    saidAt: Number.isNaN(saidAt) ? undefined : saidAt,
    size: data.length,
    trace: traceOf(headers.get('traceparent')),
    subject: keptText(subject.slice(0, subject.lastIndexOf('.'))),
    of,
    target,
    due,
    attempt,
    letter,
    keys: stream === names.events ? keysIn(data, keyPaths.of(type)) : NO_KEYS,
  };
}

const NO_KEYS: NewMessage['keys'] = [];

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
  const said = (name: string): string | undefined => attributeIn(headers, name)?.slice(0, LONGEST);
  return {
    id: said('ce-id'),
    source: said('ce-source'),
    type: said('ce-type'),
    time: said('ce-time'),
    correlationid: said('ce-correlationid'),
    parentflowid: said('ce-parentflowid'),
    causationid: said('ce-causationid'),
  };
}

function structured(headers: Headers, payload: Uint8Array): Said {
  try {
    const lines = [...headers].map(([name, value]): [string, string[]] => [name, [value]]);
    const { event } = decodeMessage(lines, payload);
    const said = (value: string | undefined): string | undefined =>
      value === undefined ? undefined : keptText(value).slice(0, LONGEST);
    return {
      id: said(event.id),
      source: said(event.source),
      type: said(event.type),
      time: said(event.time),
      correlationid: said(event.correlationid),
      parentflowid: said(event.parentflowid),
      causationid: said(event.causationid),
    };
  } catch {
    return {}; // no CloudEvent: shown by its place in the stream
  }
}
