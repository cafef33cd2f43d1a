import type { Msg } from '@nats-io/nats-core';
import { headers } from '@nats-io/nats-core';
import type { NatsConnection } from '@nats-io/transport-node';
import { describe, expect, it } from 'vitest';
import { Answers } from './answers.ts';
import { boundedHeaders, copyHeaders, headerText, type Line } from './copy.ts';
import { Delivery } from './delivery.ts';

function deliveryWith(lines: readonly Line[]): Delivery {
  const own = headers();
  for (const [name, value] of lines) own.append(name, value);
  const answers = new Answers({} as NatsConnection, () => true);
  return new Delivery(answers, { headers: own, reply: '' } as unknown as Msg, false);
}

const text = (block: Uint8Array) => Buffer.from(block).toString();

describe('the headers of a copy', () => {
  it('are those of the original, without the broker’s own and without what is replaced', () => {
    const delivery = deliveryWith([
      ['ce-id', '1'],
      ['Nats-Rollup', 'all'],
      ['nats-schedule', '@every 1s'],
      ['X-Attempt', '3'],
      ['x-own', 'a'],
      ['x-own', 'b'],
    ]);
    expect(text(copyHeaders(delivery, [['x-attempt', '4']]))).toBe(
      'NATS/1.0\r\nce-id: 1\r\nx-own: a\r\nx-own: b\r\nx-attempt: 4\r\n\r\n',
    );
  });

  it('drop what is good to know, the last first, before any of the original', () => {
    const long = 'y'.repeat(60_000);
    const goodToKnow: Line[] = [
      ['message', 'm'.repeat(2_000)],
      ['stack', 's'.repeat(8_000)],
    ];
    const block = text(boundedHeaders(deliveryWith([['x-own', long]]), [['reason', 'r']], goodToKnow));
    expect(block.length).toBeLessThan(65_536);
    expect(block).toContain(long);
    expect(block).toContain('message: mm');
    expect(block).not.toContain('stack: ');
  });

  it('drop the longest of the original where nothing else helps', () => {
    const lines: Line[] = [
      ['a', 'é'.repeat(16_000)],
      ['b', 'é'.repeat(17_000)],
      ['ce-id', '1'],
    ];
    const block = boundedHeaders(deliveryWith(lines), [['reason', 'r']], []);
    expect(block.length).toBeLessThan(65_536);
    expect(text(block)).toMatch(/^NATS\/1\.0\r\na: é+\r\nce-id: 1\r\nreason: r\r\n\r\n$/);
  });
});

describe('a text in a header', () => {
  it.each([
    ['plain', 'plain'],
    ['a\r\nb: c', 'a%0D%0Ab:%20c'],
    ['☹', '%E2%98%B9'],
    ['\ud83d', '%EF%BF%BD'],
  ])('%j is written %j', (from, to) => {
    expect(headerText(from, 100)).toBe(to);
  });

  it.each(['x', 'é', '☹', '👍', ' '])('of many %j takes its limit at most and decodes', (character) => {
    const encoded = headerText(character.repeat(10_000), 1_000);
    expect(encoded.length).toBeLessThanOrEqual(1_000);
    expect(encoded.length).toBeGreaterThan(900);
    expect(decodeURI(encoded)).toMatch(new RegExp(`^${character}*\uFFFD?$`, 'u'));
  });
});
