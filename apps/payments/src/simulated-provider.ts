import type { ServiceCall } from '@troupe/nest';
import { type Authorization, PaymentProvider, type PaymentRequest } from './provider.ts';

/** The token of a card that is always declined. */
export const DECLINED_TOKEN = 'tok_declined';

/** The largest amount that is authorized, in minor units of any currency. */
export const LIMIT = 1_000_000;

/** Moves no money. Its answer follows from what was asked, so that nothing has to be kept to give it again. */
export class SimulatedProvider extends PaymentProvider {
  async authorize(
    { paymentToken, amount: { amount } }: PaymentRequest,
    { idempotencyKey }: ServiceCall,
  ): Promise<Authorization> {
    if (paymentToken === DECLINED_TOKEN) return { authorized: false, reason: 'card-declined' };
    if (amount > LIMIT) return { authorized: false, reason: 'over-limit' };
    return { authorized: true, paymentId: `pay_${idempotencyKey}` };
  }

  async refund(): Promise<void> {}
}
