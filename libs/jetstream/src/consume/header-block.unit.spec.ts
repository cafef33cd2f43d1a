import { headers, type Msg } from '@nats-io/nats-core/internal';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { headerBlockOf, headerEntries, headerText, headerValue, headerValues } from './header-block.ts';

const BLOCK =
  'NATS/1.0\r\nce-id: 1\r\nCE-Type:order.placed.v1  \r\ntracestate: a=1\r\ntracestate: b=2\r\n\r\n';

/** A message as the client holds it: header block and payload in one piece of bytes. */
function received(block: string | Uint8Array, payload = '{}'): Msg {
  const bytes = Buffer.from(block as string);
  const _rdata = Buffer.concat([bytes, Buffer.from(payload)]);
  return { _msg: { hdr: bytes.length || -1 }, _rdata } as unknown as Msg;
}

describe('a header block', () => {
  it('is read from the bytes of the message, without the payload', () => {
    expect(headerBlockOf(received(BLOCK, 'ce-id: 2'))).toBe(BLOCK);
  });

  it('is empty for a message without headers', () => {
    expect(headerBlockOf(received('', 'ce-id: 2\r\n'))).toBe('');
    expect(headerEntries('')).toEqual([]);
    expect(headerValue('', 'ce-id')).toBeUndefined();
  });

  it('is read through the client where the bytes are out of reach', () => {
    const lines = headers();
    lines.append('ce-id', '1');
    expect(headerEntries(headerBlockOf({ headers: lines } as unknown as Msg))).toEqual([['ce-id', ['1']]]);
  });

  it('gives names as written and their values, an entry for each line', () => {
    expect(headerEntries(BLOCK)).toEqual([
      ['ce-id', ['1']],
      ['CE-Type', ['order.placed.v1']],
      ['tracestate', ['a=1']],
      ['tracestate', ['b=2']],
    ]);
  });

  it('gives the first value of each name, in lower case', () => {
    const values = [
      ['ce-id', '1'],
      ['ce-type', 'order.placed.v1'],
      ['tracestate', 'a=1'],
    ];
    expect([...headerValues(BLOCK)]).toEqual(values);
    expect(headerValues('').size).toBe(0);
  });

  it('finds the first value of a name, whatever its case', () => {
    expect(headerValue(BLOCK, 'ce-type')).toBe('order.placed.v1');
    expect(headerValue(BLOCK, 'TraceState')).toBe('a=1');
    expect(headerValue(BLOCK, 'ce-typ')).toBeUndefined();
    expect(headerValue(BLOCK, 'order.placed.v1')).toBeUndefined();
  });

  it.each([
    ['a line without a colon', 'NATS/1.0\r\nnonsense\r\nce-id: 1\r\n\r\n'],
    ['a name that the client refuses', 'NATS/1.0\r\nbad name\u00e9: x\r\nce-id: 1\r\n\r\n'],
    ['no end', 'NATS/1.0\r\nce-id: 1'],
  ])('survives %s', (_case, block) => {
    expect(headerEntries(headerBlockOf(received(block)))).toContainEqual(['ce-id', ['1']]);
    expect(headerValue(block, 'ce-id')).toBe('1');
  });

  it.each<[string, number[], string]>([
    ['a byte of Latin-1', [0xff], '%FF'],
    ['an overlong slash', [0xc0, 0xaf], '%C0%AF'],
    ['half a surrogate pair', [0xed, 0xa0, 0x80], '%ED%A0%80'],
    ['a character that is cut', [0xe2, 0x82], '%E2%82'],
    ['text between them', [0xc3, 0xbc, 0xfe, 0x61, 0xf0, 0x9f, 0x91, 0x8d], 'ü%FEa👍'],
  ])('is no UTF-8 with %s, whose bytes are then percent-encoded', (_what, bytes, text) => {
    const block = Buffer.concat([
      Buffer.from('NATS/1.0\r\nce-id: '),
      Buffer.from(bytes),
      Buffer.from('\r\n\r\n'),
    ]);
    expect(headerText(received(block))).toBeUndefined();
    expect(headerValue(headerBlockOf(received(block)), 'ce-id')).toBe(text);
  });

  it('is UTF-8 with any text, and for a message without headers, whatever its payload', () => {
    expect(headerText(received('NATS/1.0\r\nce-id: ü\ufffd👍\r\n\r\n', '\u00ff'))).toContain('ü\ufffd👍');
    expect(headerText(received(''))).toBe('');
    expect(headerText({ headers: headers() } as unknown as Msg)).toBe(String(headers()));
  });

  it('loses no byte, whatever it holds', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        fc.pre(!bytes.includes(0x25)); // a percent sign is one as it is
        expect(bytesOf(headerBlockOf(received(bytes)))).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('has nothing to say where there is only a status', () => {
    expect(headerEntries('NATS/1.0 408 Request Timeout\r\n\r\n')).toEqual([]);
  });
});

/** The bytes that a text with percent-encoded ones stands for. */
function bytesOf(text: string): Buffer {
  const parts = text.split(/(%[0-9A-F]{2})/);
  return Buffer.concat(
    parts.map((part, i) => Buffer.from(i % 2 === 0 ? part : part.slice(1), i % 2 === 0 ? 'utf8' : 'hex')),
  );
}
