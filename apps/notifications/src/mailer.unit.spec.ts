import { logger } from '@troupe/telemetry';
import { expect, it, vi } from 'vitest';
import { letterOf } from './letter.ts';
import { Mailer } from './mailer.ts';
import { declined } from './news.spec.support.ts';

it('writes one log line for what it would send', () => {
  const line = vi.spyOn(logger, 'info').mockReturnValue(undefined);
  new Mailer().send(letterOf(declined), 'key');
  expect(line.mock.calls).toEqual([
    [
      {
        to: 'ada@example.com',
        template: 'payment-declined',
        order_id: 'o-1001',
        values: { name: 'Ada Example', reason: 'card-declined' },
        idempotency_key: 'key',
      },
      'would send payment-declined to ada@example.com',
    ],
  ]);
});
