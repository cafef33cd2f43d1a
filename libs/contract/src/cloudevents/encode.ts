import { MessageFormatError } from '../error.ts';
import { encodeAttribute } from './attribute.ts';
import {
  ATTRIBUTES,
  type CloudEvent,
  type EncodedMessage,
  isAttributeName,
  isNamed,
  JSON_CONTENT_TYPE,
  TRACE_CONTEXT,
} from './cloud-event.ts';

/**
 * A CloudEvent in binary mode: attributes as `ce-` headers, the data as a JSON body; W3C trace context as the plain
 * headers `traceparent` and `tracestate`.
 * @throws MessageFormatError when the data has no JSON form, or an extension's name is not `[a-z0-9]+` or is an attribute's.
 */
export function encodeBinary(event: CloudEvent, data: unknown): EncodedMessage {
  const headers: EncodedMessage['headers'] = [['ce-specversion', '1.0']];
  for (const name of ATTRIBUTES) {
    const value = event[name] ?? (name === 'datacontenttype' ? JSON_CONTENT_TYPE : undefined);
    if (value !== undefined) headers.push([`ce-${name}`, encodeAttribute(value)]);
  }
  for (const [name, value] of extensionsOf(event)) headers.push([`ce-${name}`, encodeAttribute(value)]);
  pushTraceContext(headers, event);
  return { headers, payload: jsonBytes(data) };
}

/**
 * The same in structured mode: attributes and data in one JSON body. Trace context stays in the headers.
 * @throws MessageFormatError as `encodeBinary`.
 */
export function encodeStructured(event: CloudEvent, data: unknown): EncodedMessage {
  const body: Record<string, unknown> = { specversion: '1.0' };
  for (const name of ATTRIBUTES) {
    const value = event[name] ?? (name === 'datacontenttype' ? JSON_CONTENT_TYPE : undefined);
    if (value !== undefined) body[name] = value;
  }
  for (const [name, value] of extensionsOf(event)) body[name] = value;
  const headers: EncodedMessage['headers'] = [
    ['content-type', 'application/cloudevents+json; charset=utf-8'],
  ];
  pushTraceContext(headers, event);
  jsonText(data);
  body.data = data;
  return { headers, payload: jsonBytes(body) };
}

function extensionsOf({ extensions }: CloudEvent): [string, string][] {
  const entries = Object.entries(extensions);
  const wrong = entries.filter(([name]) => !isAttributeName(name) || isNamed(name));
  if (wrong.length === 0) return entries;
  throw new MessageFormatError(
    wrong.map(([name]) => ({
      path: `/${name}`,
      rule: 'attributeName',
      message: isNamed(name)
        ? `${name} is an attribute of the event itself, no extension`
        : `${JSON.stringify(name)} is no attribute name: lower-case letters and digits only`,
    })),
  );
}

function pushTraceContext(headers: EncodedMessage['headers'], event: CloudEvent): void {
  for (const name of TRACE_CONTEXT) {
    const value = event[name];
    if (value && /^[ -~]+$/.test(value)) headers.push([name, value]);
  }
}

function jsonBytes(data: unknown): Uint8Array {
  return Buffer.from(jsonText(data));
}

function jsonText(data: unknown): string {
  let fault: unknown = 'it is undefined, a function or a symbol';
  try {
    const text = JSON.stringify(data);
    if (text !== undefined) return text;
  } catch (error) {
    fault = error;
  }
  throw new MessageFormatError([{ path: '', rule: 'json', message: `the data has no JSON form: ${fault}` }]);
}
