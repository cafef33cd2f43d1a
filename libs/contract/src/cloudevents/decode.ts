import { MessageFormatError } from '../error.ts';
import type { Violation } from '../violation.ts';
import { parseBody } from './body.ts';
import { type CloudEvent, type DecodedMessage, isNamed, JSON_CONTENT_TYPE } from './cloud-event.ts';
import { type EventDraft, EventHeaders, eventDraft } from './headers.ts';
import { readStructured } from './structured.ts';

/**
 * Reads a NATS message as a CloudEvent with a JSON body, in binary or structured mode.
 * @param headers name and values, as nats.js iterates them; undefined for a message without headers.
 * @throws MessageFormatError naming every fault; nothing else, whatever the bytes.
 */
export function decodeMessage(
  headers: Iterable<[string, string[]]> | undefined,
  payload: Uint8Array,
): DecodedMessage {
  const violations: Violation[] = [];
  const read = new EventHeaders(headers, violations);
  const message = isStructured(read)
    ? structured(read, payload, violations)
    : binary(read, payload, violations);
  if (violations.length > 0) throw new MessageFormatError(violations);
  return message;
}

/** A sender of the binding's version 1.0 writes structured messages without any header. */
function isStructured({ contentType, isBinary }: EventHeaders): boolean {
  if (contentType === undefined) return !isBinary;
  return /^application\/cloudevents/i.test(contentType);
}

function binary(read: EventHeaders, payload: Uint8Array, violations: Violation[]): DecodedMessage {
  const { event, contentType } = read;
  if (contentType) event.datacontenttype ??= contentType;
  return { event: checked(event, read.specversion, violations), data: parseBody(payload, violations) };
}

function structured(read: EventHeaders, payload: Uint8Array, violations: Violation[]): DecodedMessage {
  if (read.contentType && !/^application\/cloudevents(\+json)?\s*(;|$)/i.test(read.contentType)) {
    violations.push({
      path: '/content-type',
      rule: 'format',
      message: `content-type ${read.contentType} is not application/cloudevents+json`,
    });
    return { event: checked(read.event, read.specversion, []), data: undefined };
  }
  const faults = violations.length;
  const { attributes, data } = readStructured(payload, violations);
  const unread = attributes.size === 0 && violations.length > faults;
  const event = draftOf(attributes);
  event.traceparent = read.event.traceparent ?? event.traceparent;
  event.tracestate = read.event.tracestate ?? event.tracestate;
  return { event: checked(event, attributes.get('specversion'), unread ? [] : violations), data };
}

function draftOf(attributes: ReadonlyMap<string, string>): EventDraft {
  const { extensions, ...fields } = eventDraft();
  const draft: Record<string, string | undefined> = fields;
  for (const [name, value] of attributes) {
    if (isNamed(name)) draft[name] = value;
    else if (name !== 'specversion') extensions[name] = value;
  }
  return { ...fields, extensions };
}

function checked(event: EventDraft, specversion: string | undefined, violations: Violation[]): CloudEvent {
  if (!event.id) violations.push(missing('id'));
  if (!event.source) violations.push(missing('source'));
  if (!event.type) violations.push(missing('type'));
  if (!specversion) violations.push(missing('specversion'));
  else if (specversion !== '1.0') {
    const message = `specversion is ${specversion}, not 1.0`;
    violations.push({ path: '/specversion', rule: 'equals', message });
  }
  const type = event.datacontenttype;
  if (type && type !== JSON_CONTENT_TYPE && !isJson.test(type)) {
    const message = `datacontenttype ${type} is not JSON`;
    violations.push({ path: '/datacontenttype', rule: 'format', message });
  }
  return event as CloudEvent;
}

function missing(name: string): Violation {
  return { path: `/${name}`, rule: 'isDefined', message: `${name} is missing` };
}

/** `application/json`, `text/json`, and every `+json`; parameters are ignored, the body is UTF-8 anyway. */
const isJson = /^\s*(application|text)\/json\s*(;|$)|^\s*[\w!#$&^.-]+\/[\w!#$&^.-]+\+json\s*(;|$)/i;
