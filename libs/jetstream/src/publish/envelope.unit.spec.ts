import { contractOf, decodeMessage, encodeAttribute } from '@troupe/contract';
import { describe, expect, it } from 'vitest';
import { OrderPlaced, ParcelDispatched, PickItem } from '../fixtures.spec.support.ts';
import { messageId } from '../ids.ts';
import type { TraceHeaders } from '../instrumentation.ts';
import { laneOf } from '../lane.ts';
import { Names } from '../naming.ts';
import { Envelope, type EnvelopeFields, type Sender } from './envelope.ts';
import type { OutgoingMessage } from './message.ts';

const SENDER: Sender = {
  names: new Names(),
  version: '1.4.0',
  source: '/storefront',
  lanes: 32,
  maxMessageSize: 1_000_000,
};
const FIELDS = { id: 'id-1', flowId: 'flow-1', data: { orderId: '4711' } };
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

describe('a message on the wire', () => {
  it('has the CloudEvents headers of the design and a JSON body', () => {
    const message = sealed({ causationId: 'cause-1', parentFlowId: 'parent-1' }).send({
      traceparent: TRACEPARENT,
      tracestate: 'vendor=1',
    });
    const { 'ce-time': time, ...headers } = headersOf(message);
    expect(headers).toEqual({
      'ce-specversion': '1.0',
      'ce-type': 'order.placed.v1',
      'ce-source': '/storefront',
      'ce-datacontenttype': 'application/json',
      'ce-dataschema': 'urn:troupe:contract:order.placed:v1',
      'ce-appversion': '1.4.0',
      'ce-id': 'id-1',
      'ce-correlationid': 'flow-1',
      'ce-causationid': 'cause-1',
      'ce-parentflowid': 'parent-1',
      'Nats-Msg-Id': messageId('/storefront', 'id-1'),
      traceparent: TRACEPARENT,
      tracestate: 'vendor=1',
    });
    expect(time).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(message.subject).toBe(`evt.order.placed.v1.${laneOf('flow-1', 32)}`);
    expect(message.messageId).toBe(headers['Nats-Msg-Id']);
    expect(Buffer.from(message.payload).toString()).toBe('{"orderId":"4711"}');
  });

  it('is built once for a trace, and anew for another one', () => {
    const message = sealed();
    const first = message.send({ traceparent: TRACEPARENT });
    expect(message.send({ traceparent: TRACEPARENT, tracestate: undefined })).toBe(first);
    expect(headersOf(message.send({}))).not.toHaveProperty('traceparent');
    expect(headersOf(message.send({ traceparent: TRACEPARENT }))).toEqual(headersOf(first));
  });

  it('leaves out what it does not have', () => {
    const names = Object.keys(headersOf(sealed().send({})));
    for (const absent of [
      'ce-partitionkey',
      'ce-causationid',
      'ce-parentflowid',
      'traceparent',
      'tracestate',
    ])
      expect(names).not.toContain(absent);
  });

  it('is read back by the contract library, whatever its ids hold', () => {
    const odd = 'grün 100% "so"\r\nNats-Rollup: all \u{1F44D}';
    const message = sealed(
      { id: odd, flowId: odd, causationId: odd, parentFlowId: odd },
      { source: `/${odd}` },
    ).send({});
    const { event, data } = decodeMessage(entriesOf(message), message.payload);
    expect(event).toMatchObject({
      id: odd,
      source: `/${odd}`,
      type: 'order.placed.v1',
      correlationid: odd,
      causationid: odd,
      parentflowid: odd,
      extensions: { appversion: '1.4.0' },
    });
    expect(data).toEqual({ orderId: '4711' });
    expect(headersOf(message)).toMatchObject({ 'ce-id': encodeAttribute(odd) });
    expect(Object.keys(headersOf(message))).not.toContain('Nats-Rollup');
  });

  it('of a command goes to a command’s subject', () => {
    const envelope = new Envelope(contractOf(PickItem), SENDER);
    expect(envelope.seal({ ...FIELDS, data: { sku: 's' } }).subject).toMatch(/^cmd\.item\.pick\.v1\.\d+$/);
  });
});

describe('the lane of a message', () => {
  const parcels = new Envelope(contractOf(ParcelDispatched), SENDER);
  const partition = (data: object, flowId = 'flow-1') => {
    const { subject, send } = parcels.seal({ id: 'id', flowId, data });
    return [subject, headersOf(send({}))['ce-partitionkey']];
  };

  it('is that of the field that the contract names, in every flow', () => {
    const lane = `evt.parcel.dispatched.v2.${laneOf('zürich', 32)}`;
    expect(partition({ warehouse: 'zürich' })).toEqual([lane, 'z%C3%BCrich']);
    expect(partition({ warehouse: 'zürich' }, 'flow-2')).toEqual([lane, 'z%C3%BCrich']);
  });

  it.each([[{}], [{ warehouse: '' }]])(
    'is that of the flow, and unsaid, when %j has no such field',
    (data) => {
      expect(partition(data)).toEqual([`evt.parcel.dispatched.v2.${laneOf('flow-1', 32)}`, undefined]);
    },
  );
});

describe('a trace header', () => {
  it.each([
    ['longer than it may be', { traceparent: 'x'.repeat(65), tracestate: 'x'.repeat(513) }],
    ['empty', { traceparent: '', tracestate: '' }],
    ['not printable ASCII', { traceparent: 'a\r\nNats-Rollup: all', tracestate: 'ä' }],
  ])('that is %s is left out', (_what, trace: TraceHeaders) => {
    const names = Object.keys(headersOf(sealed().send(trace)));
    expect(names.filter((name) => /trace|rollup/i.test(name))).toEqual([]);
  });
});

describe('before anything is sent', () => {
  it('a broken contract is refused with every failing path', () => {
    expect(() => sealed({ data: { orderId: 1, unknown: true } })).toThrow(
      expect.objectContaining({
        code: 'TROUPE_CONTRACT_INVALID',
        violations: expect.arrayContaining([
          expect.objectContaining({ path: '/orderId' }),
          expect.objectContaining({ path: '/unknown' }),
        ]),
      }),
    );
  });

  it('a size is refused that would be over the limit with the longest trace headers, and none that is not', () => {
    const longest = { traceparent: 't'.repeat(64), tracestate: 's'.repeat(512) };
    const bytes = (message: OutgoingMessage): number => message.headers.length + message.payload.length;
    const note = (length: number): Partial<EnvelopeFields> => ({
      data: { orderId: '4711', note: 'é'.repeat(length) },
    });
    const largest = bytes(sealed(note(1_000)).send(longest));
    for (let maxMessageSize = largest - 100; maxMessageSize <= largest + 100; maxMessageSize++) {
      const send = (): OutgoingMessage => sealed(note(1_000), { maxMessageSize }).send(longest);
      if (maxMessageSize >= largest) expect(bytes(send())).toBe(largest);
      else
        expect(send).toThrow(
          expect.objectContaining({ code: 'TROUPE_MESSAGE_TOO_LARGE', limit: maxMessageSize }),
        );
    }
  });
});

function sealed(fields: Partial<EnvelopeFields> = {}, sender: Partial<Sender> = {}) {
  return new Envelope(contractOf(OrderPlaced), { ...SENDER, ...sender }).seal({ ...FIELDS, ...fields });
}

function entriesOf({ headers }: OutgoingMessage): [string, string[]][] {
  const [version, ...lines] = Buffer.from(headers).toString('latin1').split('\r\n');
  expect(version).toBe('NATS/1.0');
  expect(lines.splice(-2)).toEqual(['', '']);
  return lines.map((line) => {
    const colon = line.indexOf(': ');
    return [line.slice(0, colon), [line.slice(colon + 2)]];
  });
}

function headersOf(message: OutgoingMessage): Record<string, string> {
  return Object.fromEntries(entriesOf(message).map(([name, [value = '']]) => [name, value]));
}
