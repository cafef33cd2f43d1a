/** The context attributes of a CloudEvent 1.0; `specversion` is always `1.0`. All values are in their canonical string form. */
export interface CloudEvent {
  /** With `source`, unique. */
  readonly id: string;
  readonly source: string;
  /** The contract's id: `order.placed.v1`. */
  readonly type: string;
  /** RFC 3339. */
  readonly time?: string;
  readonly subject?: string;
  /** Default: `application/json`. */
  readonly datacontenttype?: string;
  readonly dataschema?: string;
  /** The flow. */
  readonly correlationid?: string;
  /** The flow that handed off to this one. */
  readonly parentflowid?: string;
  /** The id of the message that caused this one. */
  readonly causationid?: string;
  /** What orders messages. */
  readonly partitionkey?: string;
  /** W3C trace context of this hop. */
  readonly traceparent?: string;
  readonly tracestate?: string;
  /** Every other attribute, by its lower-case name. */
  readonly extensions: Readonly<Record<string, string>>;
}

/** A message as NATS carries it. */
export interface EncodedMessage {
  readonly headers: [name: string, value: string][];
  readonly payload: Uint8Array;
}

/** What a message says of itself, and its body. */
export interface DecodedMessage {
  readonly event: CloudEvent;
  readonly data: unknown;
}

/** The attributes that have a field of their own and travel as attributes, in the order in which they are written. */
export const ATTRIBUTES = [
  'id',
  'source',
  'type',
  'time',
  'subject',
  'datacontenttype',
  'dataschema',
  'correlationid',
  'parentflowid',
  'causationid',
  'partitionkey',
] as const;

/** W3C trace context: fields of the event, but headers of the protocol and no attributes on the wire. */
export const TRACE_CONTEXT = ['traceparent', 'tracestate'] as const;

/** What a message without one is taken to have. */
export const JSON_CONTENT_TYPE = 'application/json';

/** Whether an attribute has a field of its own. */
export function isNamed(attribute: string): boolean {
  return named.has(attribute);
}

/** Whether a name may be an attribute's: lower-case letters and digits, and neither `data` nor `specversion`. */
export function isAttributeName(name: string): boolean {
  return /^[a-z0-9]+$/.test(name) && name !== 'data' && name !== 'specversion';
}

const named: ReadonlySet<string> = new Set([...ATTRIBUTES, ...TRACE_CONTEXT]);
