import type { Money } from '@shop/contracts-order';
import type { ServiceCall } from '@troupe/nest';
import type { Booking } from './payments.ts';

/** What is to be paid, and with what. */
export interface PaymentRequest {
  readonly orderId: string;
  readonly paymentToken: string;
  readonly amount: Money;
}

/** What the provider answers: it holds the money, or why it does not. */
export type Authorization =
  | { readonly authorized: true; readonly paymentId: string }
  | { readonly authorized: false; readonly reason: (typeof DECLINE_REASONS)[number] };

export const DECLINE_REASONS = ['card-declined', 'over-limit'] as const;

/** Moves money, or says why not. A repeated call with the same idempotency key gets the same answer and moves nothing. */
export abstract class PaymentProvider {
  abstract authorize(request: PaymentRequest, call: ServiceCall): Promise<Authorization>;

  /** What was paid goes back. */
  abstract refund(booking: Booking, call: ServiceCall): Promise<void>;
}
