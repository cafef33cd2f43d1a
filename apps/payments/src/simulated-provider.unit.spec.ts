import { expect, it } from 'vitest';
import type { Authorization } from './provider.ts';
import { DECLINED_TOKEN, LIMIT, SimulatedProvider } from './simulated-provider.ts';

const provider = new SimulatedProvider();
const call = { idempotencyKey: 'key', signal: new AbortController().signal };

function ask(paymentToken: string, amount: number): Promise<Authorization> {
  return provider.authorize({ orderId: 'o-1', paymentToken, amount: { amount, currency: 'EUR' } }, call);
}

it('authorizes up to the limit, with an id that a repeated call gets again', async () => {
  const answer = await ask('tok_visa', LIMIT);
  expect(answer).toEqual({ authorized: true, paymentId: 'pay_key' });
  expect(await ask('tok_visa', LIMIT)).toEqual(answer);
});

it('declines what is over the limit', async () => {
  expect(await ask('tok_visa', LIMIT + 1)).toEqual({ authorized: false, reason: 'over-limit' });
});

it('declines the card that is always declined', async () => {
  expect(await ask(DECLINED_TOKEN, 1)).toEqual({ authorized: false, reason: 'card-declined' });
});
