import type { Msg } from '@nats-io/nats-core';
import { describe, expect, it } from 'vitest';
import type { OutgoingMessage } from './message.ts';
import { isRetryable, type PubAck, readPubAck } from './puback.ts';

describe('the answer of a stream', () => {
  it('says where the message is, and whether it was there before', () => {
    expect(answered('{"stream":"EVENTS","seq":7}')).toEqual({ stream: 'EVENTS', seq: 7, duplicate: false });
    expect(answered('{"stream":"EVENTS","seq":7,"duplicate":true,"domain":"hub"}')).toEqual({
      stream: 'EVENTS',
      seq: 7,
      duplicate: true,
    });
  });

  it.each([
    [{ code: 503, err_code: 10008, description: 'system temporarily unavailable' }, 'TROUPE_NO_QUORUM', true],
    [{ code: 503, err_code: 10076, description: 'JetStream not enabled' }, 'TROUPE_NO_QUORUM', true],
    [
      { code: 409, err_code: 10158, description: 'duplicate message id is in process' },
      'TROUPE_NO_QUORUM',
      true,
    ],
    [{ code: 429, err_code: 10167, description: 'too many requests' }, 'TROUPE_NO_QUORUM', true],
    [{ code: 503, err_code: 10077, description: 'write failed' }, 'TROUPE_NO_QUORUM', true],
    [{ code: 503, err_code: 10077, description: 'maximum bytes exceeded' }, 'TROUPE_STREAM_FULL', false],
    [{ code: 503, err_code: 10023, description: 'insufficient resources' }, 'TROUPE_STREAM_FULL', false],
    [{ code: 400, err_code: 10054, description: 'too large' }, 'TROUPE_MESSAGE_TOO_LARGE', false],
    [
      { code: 400, err_code: 10060, description: 'expected stream does not match' },
      'TROUPE_PUBLISH_REFUSED',
      false,
    ],
  ])('%j is %s; tried again: %s', (error, code, again) => {
    const answer = answered(JSON.stringify({ error, stream: 'EVENTS', seq: 0 }));
    expect(answer).toMatchObject({ code, subject: 'evt.a.b.v1.0' });
    expect(isRetryable(answer as Error)).toBe(again);
  });

  it('that no one gave, which the server says with an empty body, is NoStreamError and tried again', () => {
    const answer = answered('');
    expect(answer).toMatchObject({ code: 'TROUPE_NO_STREAM' });
    expect(isRetryable(answer as Error)).toBe(true);
  });

  it.each(['no JSON', 'null', '1', '{}', '[]', '{"stream":"S"}', '{"seq":1}', '{"stream":1,"seq":"1"}'])(
    '%j is of no stream: refused, never taken for stored',
    (text) => {
      const answer = answered(text);
      expect(answer).toMatchObject({ code: 'TROUPE_PUBLISH_REFUSED' });
      expect(isRetryable(answer as Error)).toBe(false);
    },
  );
});

const MESSAGE: OutgoingMessage = {
  subject: 'evt.a.b.v1.0',
  messageId: 'id',
  headers: Buffer.alloc(10),
  payload: Buffer.alloc(10),
};

function answered(text: string): PubAck | Error {
  return readPubAck({ data: Buffer.from(text), string: () => text } as unknown as Msg, MESSAGE);
}
