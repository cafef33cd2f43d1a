import { headers, type Msg } from '@nats-io/nats-core/internal';
import { describe, expect, it } from 'vitest';
import { headerBlockOf, headerEntries, headerValue } from './header-block.ts';

const BLOCK =
  'NATS/1.0\r\nce-id: 1\r\nCE-Type:order.placed.v1  \r\ntracestate: a=1\r\ntracestate: b=2\r\n\r\n';

/** A message as the client holds it: header block and payload in one piece of bytes. */
function received(block: string, payload = '{}'): Msg {
  return {
    _msg: { hdr: Buffer.byteLength(block) || -1 },
    _rdata: Buffer.from(block + payload),
  } as unknown as Msg;
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

  it('has nothing to say where there is only a status', () => {
    expect(headerEntries('NATS/1.0 408 Request Timeout\r\n\r\n')).toEqual([]);
  });
});
