import { MessageFormatError } from '../error.ts';
import type { Violation } from '../violation.ts';
import { parseBody } from './body.ts';
import { type CloudEvent, type DecodedMessage, isNamed, TRACE_CONTEXT } from './cloud-event.ts';
import { type EventHeaders, readHeaders } from './headers.ts';
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
  const read = readHeaders(headers, violations);
  const message = isStructured(read)
    ? structured(read, payload, violations)
    : binary(read, payload, violations);
  if (violations.length > 0) throw new MessageFormatError(violations);
  return message;
}

/** A sender of the binding's version 1.0 writes structured messages without any header. */
function isStructured({ contentType, attributes }: EventHeaders): boolean {
  if (contentType === undefined) return attributes.size === 0;
  return /^application\/cloudevents/i.test(contentType);
}

function binary(read: EventHeaders, payload: Uint8Array, violations: Violation[]): DecodedMessage {
  const { attributes, contentType } = read;
  if (contentType && !attributes.has('datacontenttype')) attributes.set('datacontenttype', contentType);
  return { event: eventOf(read, attributes, violations), data: parseBody(payload, violations) };
}

function structured(read: EventHeaders, payload: Uint8Array, violations: Violation[]): DecodedMessage {
  if (read.contentType && !/^application\/cloudevents(\+json)?\s*(;|$)/i.test(read.contentType)) {
    violations.push({
      path: '/content-type',
      rule: 'format',
      message: `content-type ${read.contentType} is not application/cloudevents+json`,
    });
    return { event: eventOf(read, read.attributes, []), data: undefined };
  }
  const faults = violations.length;
  const { attributes, data } = readStructured(payload, violations);
  const unread = attributes.size === 0 && violations.length > faults;
  return { event: eventOf(read, attributes, unread ? [] : violations), data };
}

function eventOf(
  { trace }: EventHeaders,
  attributes: ReadonlyMap<string, string>,
  violations: Violation[],
): CloudEvent {
  for (const name of ['id', 'source', 'type', 'specversion']) {
    if (!attributes.get(name))
      violations.push({ path: `/${name}`, rule: 'isDefined', message: `${name} is missing` });
  }
  const version = attributes.get('specversion');
  if (version && version !== '1.0') {
    violations.push({ path: '/specversion', rule: 'equals', message: `specversion is ${version}, not 1.0` });
  }
  const type = attributes.get('datacontenttype');
  if (type && !isJson.test(type)) {
    violations.push({
      path: '/datacontenttype',
      rule: 'format',
      message: `datacontenttype ${type} is not JSON`,
    });
  }
  const event: Record<string, string> = {};
  const extensions: Record<string, string> = {};
  for (const [name, value] of attributes) {
    if (isNamed(name)) event[name] = value;
    else if (name !== 'specversion') extensions[name] = value;
  }
  for (const name of TRACE_CONTEXT) {
    const value = trace.get(name);
    if (value) event[name] = value;
  }
  return { ...(event as unknown as CloudEvent), extensions };
}

/** `application/json`, `text/json`, and every `+json`; parameters are ignored, the body is UTF-8 anyway. */
const isJson = /^\s*(application|text)\/json\s*(;|$)|^\s*[\w!#$&^.-]+\/[\w!#$&^.-]+\+json\s*(;|$)/i;
