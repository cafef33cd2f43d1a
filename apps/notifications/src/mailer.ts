import { Injectable } from '@nestjs/common';
import { logger } from '@troupe/telemetry';
import type { Letter } from './letter.ts';

/**
 * Simulates a mail service: writes one log line for what it would send. A real one is called with the idempotency key,
 * so that a customer is told once of what is delivered twice.
 */
@Injectable()
export class Mailer {
  send({ to, template, orderId, values }: Letter, idempotencyKey: string): void {
    logger.info(
      { to, template, order_id: orderId, values, idempotency_key: idempotencyKey },
      `would send ${template} to ${to}`,
    );
  }
}
