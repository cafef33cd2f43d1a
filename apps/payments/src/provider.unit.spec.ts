import { expect, it } from 'vitest';
import { DECLINED_TOKEN, LIMIT, PaymentProvider } from './provider.ts';

const provider = new PaymentProvider();
const euros = (amount: number): { amount: number; currency: string } => ({ amount, currency: 'EUR' });

it('authorizes up to the limit, with an id that a repeated call gets again', () => {
  const answer = provider.authorize('tok_visa', euros(LIMIT), 'key');
  expect(answer).toEqual({ authorized: true, paymentId: 'pay_key' });
  expect(provider.authorize('tok_visa', euros(LIMIT), 'key')).toEqual(answer);
});

it('declines what is over the limit', () => {
  expect(provider.authorize('tok_visa', euros(LIMIT + 1), 'key')).toEqual({
    authorized: false,
    reason: 'over-limit',
  });
});

it('declines the card that is always declined', () => {
  expect(provider.authorize(DECLINED_TOKEN, euros(1), 'key')).toEqual({
    authorized: false,
    reason: 'card-declined',
  });
});
