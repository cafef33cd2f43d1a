import { Injectable } from '@nestjs/common';
import type { Money } from '@shop/contracts-order';

/** What the provider answers: it holds the money, or why it does not. */
export type Authorization =
  | { readonly authorized: true; readonly paymentId: string }
  | { readonly authorized: false; readonly reason: 'card-declined' | 'over-limit' };

/** The token of a card that is always declined. */
export const DECLINED_TOKEN = 'tok_declined';

/** The largest amount that is authorized, in minor units of any currency. */
export const LIMIT = 1_000_000;

/**
 * Simulates a payment provider: no money moves. As with a real one, a repeated call with the same idempotency key
 * gets the same answer; here because the answer follows from what was asked, so nothing has to be kept.
 */
@Injectable()
export class PaymentProvider {
  authorize(paymentToken: string, { amount }: Money, idempotencyKey: string): Authorization {
    if (paymentToken === DECLINED_TOKEN) return { authorized: false, reason: 'card-declined' };
    if (amount > LIMIT) return { authorized: false, reason: 'over-limit' };
    return { authorized: true, paymentId: `pay_${idempotencyKey}` };
  }

  /** What was paid goes back, once for each idempotency key. */
  refund(_paymentId: string, _amount: Money, _idempotencyKey: string): void {}
}
