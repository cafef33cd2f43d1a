import { readFileSync } from 'node:fs';
import { headers, type Msg } from '@nats-io/nats-core';
import type { NatsConnection } from '@nats-io/transport-node';
import { ContractViolationError } from '@troupe/contract';
import { describe, expect, it } from 'vitest';
import { Names } from '../naming.ts';
import { Answers } from './answers.ts';
import { type DeadLetterContext, deadLetter } from './dead-letter.ts';
import { Delivery } from './delivery.ts';
import { headerEntries } from './header-block.ts';

const broken = [{ path: '/lines/3/quantity', rule: 'min', message: 'too small' }];

function letterOf(context: Partial<DeadLetterContext> = {}, carried: Record<string, string> = {}, seq = 17) {
  const own = headers();
  for (const [name, value] of Object.entries(carried)) own.append(name, value);
  const reply = `$JS.ACK.EVENTS.shop__pay.2.${seq}.9.1732500000123456789.4`;
  const message = { subject: 'evt.order.placed.v1.0', reply, headers: own, data: Buffer.from('{}') };
  const answers = new Answers({} as NatsConnection, () => true);
  const delivery = new Delivery(answers, message as unknown as Msg, true);
  const known = { app: 'shop', version: '1.0.0', step: 'pay', attempts: 3, type: 'order.placed.v1' };
  const failure = { reason: 'retries-exhausted', error: new Error('no') } as const;
  const letter = deadLetter(delivery, { ...known, ...failure, ...context }, new Names());
  return {
    ...letter,
    header: new Map(headerEntries(letter.headers.toString()).map(([name, [value]]) => [name, value])),
  };
}

describe('a dead letter', () => {
  it('is named by its origin and its redrive, whatever the failure', () => {
    const { messageId } = letterOf();
    expect(letterOf({ error: new Error('other'), reason: 'terminal-error' }).messageId).toBe(messageId);
    expect(letterOf({}, {}, 18).messageId).not.toBe(messageId);
    expect(letterOf({}, { 'x-redrive-count': '1' }).messageId).not.toBe(messageId);
  });

  it('keeps where its message was first stored, and when it first failed', () => {
    const carried = { 'x-original-seq': '4711', 'x-first-failed-at': '2026-01-01T00:00:00.000Z' };
    const { header } = letterOf({}, carried);
    expect(header.get('x-original-seq')).toBe('4711');
    expect(header.get('x-original-stream')).toBe('EVENTS');
    expect(header.get('x-first-failed-at')).toBe('2026-01-01T00:00:00.000Z');
    expect(header.get('x-failed-at')).not.toBe('2026-01-01T00:00:00.000Z');
  });

  it('is grouped with those that failed alike', () => {
    const print = (context: Partial<DeadLetterContext>) => letterOf(context).header.get('x-dlq-fingerprint');
    const here = () => new Error(`no ${Math.random()}`);
    expect(print({ error: here() })).toBe(print({ error: here() }));
    expect(print({ error: here() })).not.toBe(print({ error: new TypeError('no') }));
    expect(print({ error: here() })).not.toBe(print({ error: here(), type: 'order.placed.v2' }));
    const error = new ContractViolationError('order.placed.v1', broken);
    const breaks = (path: string) =>
      print({
        error,
        reason: 'contract-invalid',
        violations: [{ path, rule: 'min', message: `${path} is small` }],
      });
    expect(breaks('/lines/3/quantity')).toBe(breaks('/lines/7/quantity'));
    expect(breaks('/lines/3/quantity')).not.toBe(breaks('/lines/3/price'));
  });

  it('shows as many violations as fit, and says how many there are', () => {
    const violations = Array.from({ length: 5_000 }, (_, n) => ({
      path: `/${'☹'.repeat(300)}/${n}`,
      rule: 'min',
      message: '☹'.repeat(10_000),
    }));
    const error = new ContractViolationError('order.placed.v1', violations);
    const text =
      letterOf({ error, reason: 'contract-invalid', violations }).header.get('x-dlq-violations') ?? '';
    expect(text.length).toBeLessThanOrEqual(8_192);
    const { total, shown } = JSON.parse(decodeURI(text));
    expect(total).toBe(5_000);
    expect(shown.length).toBeGreaterThan(0);
  });

  it('carries the headers that docs/guides/failures.md lists, and no others', () => {
    const guide = readFileSync(new URL('../../../../docs/guides/failures.md', import.meta.url), 'utf8');
    const listed = guide
      .split('\n')
      .filter((line) => line.startsWith('| `x-'))
      .flatMap((line) => [...(line.split('|')[1] ?? '').matchAll(/`(x-[a-z-]+)`/g)].map(([, name]) => name));
    const error = new ContractViolationError('order.placed.v1', broken);
    const carried = [letterOf(), letterOf({ error, violations: broken, sensitive: ['/token'] })].flatMap(
      ({ header }) => [...header.keys()],
    );
    expect(new Set(listed)).toEqual(new Set(carried.filter((name) => name.startsWith('x-'))));
  });
});
