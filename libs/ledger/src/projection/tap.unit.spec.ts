import { describe, expect, it } from 'vitest';
import { type Answer, readAnswer } from './tap.ts';

const PLAIN = '$JS.ACK.EVENTS.payments__authorize__order_placed_v1.2.41.57.1767225600123456789.3';
const WITH_DOMAIN = PLAIN.replace('$JS.ACK.', '$JS.ACK.hub.acchash.').concat('.random');
const NOW = 1_767_225_601_000;

describe('an answer to a delivery', () => {
  it.each([PLAIN, WITH_DOMAIN])('says which delivery it is about: %s', (subject) => {
    expect(read('+ACK', subject)).toEqual({
      stream: 'EVENTS',
      consumer: 'payments__authorize__order_placed_v1',
      seq: 41,
      answer: 'ack',
      at: NOW,
      nextAt: undefined,
      said: undefined,
      storedAt: expect.closeTo(1_767_225_600_123, 0),
    });
  });

  it.each([
    ['', 'ack', undefined, undefined],
    ['+ACK', 'ack', undefined, undefined],
    ['+NXT 1', 'ack', undefined, undefined],
    ['+WPI', 'working', undefined, undefined],
    ['+TERM poison', 'term', undefined, 'poison'],
    ['+TERM', 'term', undefined, 'terminated'],
    ['-NAK', 'nak', undefined, undefined],
    ['-NAK {"delay": 2500000000}', 'nak', NOW + 2_500, undefined],
    ['-NAK 5s', 'nak', undefined, undefined],
  ] as const)('"%s" is %s', (payload, answer, nextAt, said) => {
    expect(read(payload)).toMatchObject({ answer, nextAt, said });
  });

  it('that is none says nothing', () => {
    for (const payload of ['hello', '-', '+']) expect(read(payload)).toBeUndefined();
    for (const subject of [
      '$JS.ACK',
      '$JS.ACK.EVENTS.x',
      PLAIN.replace('.41.', '.x.'),
      PLAIN.replace('.41.', '.0.'),
    ])
      expect(read('+ACK', subject)).toBeUndefined();
  });

  it('keeps no more of a reason than 256 characters', () => {
    expect(read(`+TERM ${'x'.repeat(10_000)}`)?.said).toHaveLength(256);
  });
});

function read(payload: string, subject = PLAIN): Answer | undefined {
  return readAnswer(subject, Buffer.from(payload), NOW);
}
