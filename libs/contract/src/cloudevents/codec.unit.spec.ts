import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type CloudEvent,
  decodeMessage,
  type EncodedMessage,
  encodeBinary,
  encodeStructured,
  MessageFormatError,
} from '../index.ts';

const event: CloudEvent = {
  id: '1',
  source: '/storefront',
  type: 'order.placed.v1',
  time: '2026-01-31T10:00:00Z',
  subject: 'Müller',
  datacontenttype: 'application/json',
  dataschema: 'urn:troupe:contract:order.placed:v1',
  correlationid: 'flow',
  parentflowid: 'parent',
  causationid: 'cause',
  partitionkey: 'key',
  traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  tracestate: 'a=b',
  extensions: { attempt: '2', tenant: 'a b' },
};

describe.each([
  ['binary', encodeBinary],
  ['structured', encodeStructured],
])('%s mode', (_, encode) => {
  test('carries every attribute and the data there and back', () => {
    expect(decode(encode(event, { a: [1, null] }))).toEqual({ event, data: { a: [1, null] } });
  });

  test('carries any attributes and any JSON there and back', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1 }).filter((value) => value.trim() !== '');
    const anyEvent = fc.record(
      {
        id: text,
        source: text,
        type: text,
        subject: text,
        correlationid: text,
        partitionkey: text,
        extensions: fc.dictionary(fc.stringMatching(/^x[a-z0-9]{1,9}$/), text, { noNullPrototype: true }),
      },
      { requiredKeys: ['id', 'source', 'type', 'extensions'] },
    );
    fc.assert(
      fc.property(anyEvent, fc.jsonValue(), (sent, data) => {
        const read = decode(encode(sent, data));
        expect(read.event).toEqual({ datacontenttype: 'application/json', ...sent });
        expect(JSON.stringify(read.data)).toBe(JSON.stringify(data));
      }),
    );
  });

  test('refuses an extension that is no attribute name or that the event has itself', () => {
    for (const name of ['Upper', 'with-dash', '', 'data', 'specversion', 'id', 'traceparent', 'ä']) {
      expect(() => encode({ ...event, extensions: { [name]: 'a' } }, {})).toThrow(MessageFormatError);
    }
  });

  test('refuses data that has no JSON form', () => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    for (const data of [undefined, () => 1, Symbol('a'), 1n, circular]) {
      expect(() => encode(event, data)).toThrow('the data has no JSON form');
    }
  });

  test('leaves out a trace that no header can carry', () => {
    const { headers } = encode({ ...event, traceparent: 'a\r\nb', tracestate: '' }, {});
    expect(headers.map(([name]) => name)).not.toContain('traceparent');
    expect(headers.map(([name]) => name)).not.toContain('tracestate');
  });

  test('takes data 128 levels deep and refuses deeper', () => {
    const nested = (depth: number): unknown => JSON.parse('['.repeat(depth) + ']'.repeat(depth));
    expect(decode(encode(event, nested(128))).data).toEqual(nested(128));
    expect(violations(encode(event, nested(129)))).toMatchObject([{ path: '', rule: 'depth' }]);
  });
});

describe('binary mode', () => {
  test('writes lower-case, percent-encoded headers with the prefix, datacontenttype among them', () => {
    const { headers, payload } = encodeBinary(event, { a: 1 });
    expect(headers.slice(0, 7)).toEqual([
      ['ce-specversion', '1.0'],
      ['ce-id', '1'],
      ['ce-source', '/storefront'],
      ['ce-type', 'order.placed.v1'],
      ['ce-time', '2026-01-31T10:00:00Z'],
      ['ce-subject', 'M%C3%BCller'],
      ['ce-datacontenttype', 'application/json'],
    ]);
    expect(headers.at(-2)).toEqual(['traceparent', event.traceparent]);
    expect(text(payload)).toBe('{"a":1}');
  });

  test('reads header names in any case', () => {
    const { headers, payload } = encodeBinary(event, {});
    const shouted = headers.map(([name, value]) => [name.toUpperCase(), [value]] as [string, string[]]);
    expect(decodeMessage(shouted, payload).event).toEqual(event);
  });

  test("reads the Go SDK's unprefixed content-type and unencoded values", () => {
    const { event: read } = decodeMessage(
      [...required(), ['content-type', ['application/json']], ['ce-subject', ['50% of Zürich']]],
      bytes('{}'),
    );
    expect(read).toMatchObject({ datacontenttype: 'application/json', subject: '50% of Zürich' });
  });

  test('prefers the prefixed content type, and takes every kind of JSON', () => {
    for (const type of ['application/json', 'text/json; charset=utf-8', 'application/vnd.shop.order+json']) {
      const headers: Header[] = [
        ...required(),
        ['content-type', ['text/plain']],
        ['ce-datacontenttype', [type]],
      ];
      expect(decodeMessage(headers, bytes('{}')).event.datacontenttype).toBe(type);
    }
    expect(
      violationsOf([...required(), ['ce-datacontenttype', ['application/xml']]], bytes('{}')),
    ).toMatchObject([{ path: '/datacontenttype', rule: 'format' }]);
  });

  test('names every missing attribute and what is wrong with the body at once', () => {
    expect(violationsOf([['ce-id', ['1']]], bytes('{'))).toMatchObject([
      { path: '/source', rule: 'isDefined' },
      { path: '/type', rule: 'isDefined' },
      { path: '/specversion', rule: 'isDefined' },
      { path: '', rule: 'json' },
    ]);
  });

  test('refuses another version, values that contradict and bytes that are not UTF-8', () => {
    const faults = (...more: Header[]) => violationsOf([...required(), ...more], bytes('{}'));
    expect(violationsOf(required('0.3'), bytes('{}'))).toMatchObject([{ path: '/specversion' }]);
    expect(faults(['ce-subject', ['a', 'b']])).toMatchObject([{ path: '/subject', rule: 'ambiguous' }]);
    expect(faults(['CE-ID', ['2']])).toMatchObject([{ path: '/id', rule: 'ambiguous' }]);
    expect(faults(['CE-ID', ['1']])).toEqual([]);
    expect(faults(['ce-subject', ['%ff']])).toMatchObject([{ path: '/subject', rule: 'utf8' }]);
  });

  test('leaves headers alone that are no attributes', () => {
    const foreign: Header[] = [
      ['Nats-Msg-Id', ['a']],
      ['ce-Bad_Name', ['a']],
      ['ce-', ['a']],
      ['ce-data', ['a']],
    ];
    expect(decodeMessage([...required(), ...foreign], bytes('{}')).event.extensions).toEqual({});
  });

  test('keeps an extension with the name of what every object has', () => {
    const { event: read } = decodeMessage([...required(), ['ce-constructor', ['a']]], bytes('{}'));
    expect(Object.entries(read.extensions)).toEqual([['constructor', 'a']]);
  });
});

describe('structured mode', () => {
  const body = { specversion: '1.0', id: '1', source: '/a', type: 'order.placed.v1', data: { a: 1 } };
  const structured = (value: unknown, headers?: Header[]) =>
    decodeMessage(headers, bytes(JSON.stringify(value)));

  test('is read without any header, as senders of version 1.0 of the binding write it', () => {
    expect(structured(body)).toEqual({
      event: { id: '1', source: '/a', type: 'order.placed.v1', extensions: {} },
      data: { a: 1 },
    });
  });

  test('turns extensions that are numbers and booleans into their text, and leaves out null', () => {
    const { event: read } = structured({ ...body, attempt: 2, replayed: true, subject: null });
    expect(read.extensions).toEqual({ attempt: '2', replayed: 'true' });
    expect(read.subject).toBeUndefined();
  });

  test('reads data_base64', () => {
    const { data, ...rest } = body;
    const encoded = Buffer.from(JSON.stringify(data)).toString('base64');
    expect(structured({ ...rest, data_base64: encoded }).data).toEqual(data);
  });

  test.each([
    ['an attribute that is an object', { ...body, subject: {} }, { path: '/subject', rule: 'isString' }],
    ['no data', { ...body, data: undefined }, { path: '', rule: 'empty' }],
    ['data twice', { ...body, data_base64: 'e30=' }, { path: '/data_base64', rule: 'isBase64' }],
    ['data_base64 that is none', { ...body, data: undefined, data_base64: 'e30*' }, { path: '/data_base64' }],
    ['data_base64 that holds no JSON', { ...body, data: undefined, data_base64: 'eA==' }, { rule: 'json' }],
    ['no id', { ...body, id: '' }, { path: '/id', rule: 'isDefined' }],
    ['an array', [body], { path: '', rule: 'isObject' }],
    ['null', null, { path: '', rule: 'isObject' }],
  ])('refuses %s', (_, value, violation) => {
    expect(violationsOf(undefined, bytes(JSON.stringify(value)))).toMatchObject([violation]);
  });

  test('refuses a batch', () => {
    const headers: Header[] = [['Content-Type', ['application/cloudevents-batch+json']]];
    expect(violationsOf(headers, bytes('[]'))).toMatchObject([{ path: '/content-type', rule: 'format' }]);
  });
});

describe('a hostile message', () => {
  test.each([
    ['an empty body', '', 'empty'],
    ['no JSON', 'hello', 'json'],
    ['a cut body', '{"a":', 'json'],
    ['two bodies', '{}{}', 'json'],
  ])('with %s is malformed', (_, payload, rule) => {
    expect(violationsOf(required(), bytes(payload))).toMatchObject([{ path: '', rule }]);
  });

  test('of bytes that are not UTF-8 is malformed', () => {
    expect(violationsOf(required(), Uint8Array.of(0x22, 0xc3, 0x28, 0x22))).toMatchObject([{ rule: 'utf8' }]);
  });

  test('of a million brackets is malformed', () => {
    const deep = bytes('['.repeat(500_000) + ']'.repeat(500_000));
    expect(violationsOf(required(), deep)).toMatchObject([{ path: '', rule: 'depth' }]);
  });

  test('throws a MessageFormatError or is read; nothing else, whatever the bytes', () => {
    const name = fc.oneof(
      fc.constantFrom(
        'ce-id',
        'CE-Type',
        'ce-source',
        'ce-specversion',
        'content-type',
        'traceparent',
        'ce-x',
      ),
      fc.string(),
    );
    const value = fc.oneof(
      fc.constantFrom('1.0', '%', '%ff', '"', 'application/cloudevents+json', 'application/cloudevents'),
      fc.string({ unit: 'binary' }),
    );
    const payload = fc.oneof(
      fc.uint8Array({ maxLength: 64 }),
      fc.json().map(bytes),
      fc.jsonValue().map((data) => bytes(JSON.stringify({ specversion: '1.0', id: data, type: data, data }))),
    );
    fc.assert(
      fc.property(fc.option(fc.array(fc.tuple(name, fc.array(value)))), payload, (headers, body) => {
        try {
          expect(decodeMessage(headers ?? undefined, body)).toHaveProperty('event');
        } catch (error) {
          expect(error).toBeInstanceOf(MessageFormatError);
          expect((error as MessageFormatError).violations).not.toEqual([]);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

type Header = [string, string[]];

function required(version = '1.0'): Header[] {
  return [
    ['ce-specversion', [version]],
    ['ce-id', ['1']],
    ['ce-source', ['/a']],
    ['ce-type', ['order.placed.v1']],
  ];
}

function decode({ headers, payload }: EncodedMessage) {
  return decodeMessage(
    headers.map(([name, value]): Header => [name, [value]]),
    payload,
  );
}

function violations(message: EncodedMessage) {
  return violationsOf(
    message.headers.map(([name, value]): Header => [name, [value]]),
    message.payload,
  );
}

function violationsOf(headers: Header[] | undefined, payload: Uint8Array) {
  try {
    decodeMessage(headers, payload);
  } catch (error) {
    expect(error).toBeInstanceOf(MessageFormatError);
    return (error as MessageFormatError).violations;
  }
  return [];
}

function bytes(value: string): Uint8Array {
  return new TextEncoder().encode(value);
}

function text(payload: Uint8Array): string {
  return new TextDecoder().decode(payload);
}
