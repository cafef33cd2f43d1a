import { encodeBinary } from '@troupe/contract';
import { expect, it } from 'vitest';
import { shownBody } from './shown-body.ts';

const declined = {
  orderId: 'o-1',
  amount: { amount: 1, currency: 'EUR' },
  customer: { name: 'Ada Example', email: 'ada@example.com' },
  reason: 'card-declined',
};

function shown(type: string, data: unknown) {
  const event = { id: 'm-1', source: '/payments/authorize', type, extensions: {} };
  const { headers, payload } = encodeBinary(event, data as object);
  return shownBody(
    headers.map(([name, value]) => [name, [value]]),
    payload,
  );
}

it('shows a message without its sensitive values, also when it breaks its contract', () => {
  const { kind, value } = shown('payment.declined.v1', { ...declined, reason: 17 });
  expect(kind).toBe('json');
  expect(value).toMatchObject({ orderId: 'o-1', reason: 17 });
  expect(JSON.stringify(value)).not.toMatch(/ada@example\.com/);
});

it('hides what it cannot tell to be harmless', () => {
  expect(shown('secret.told.v1', declined)).toMatchObject({
    kind: 'hidden',
    value: expect.stringContaining('secret.told.v1'),
  });
  const bytes = new TextEncoder().encode('ada@example.com');
  expect(shownBody([], bytes)).toMatchObject({
    kind: 'hidden',
    value: expect.stringContaining('CloudEvent'),
  });
  expect(shownBody([], new Uint8Array(1024 * 1024 + 1))).toMatchObject({
    kind: 'hidden',
    value: 'it is over 1 MiB',
  });
});
