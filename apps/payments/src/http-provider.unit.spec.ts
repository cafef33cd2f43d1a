import { ServiceAnswerError } from '@troupe/nest';
import { type ServiceResponse, startService, type TestService } from '@troupe/testing';
import { expect, it, onTestFinished } from 'vitest';
import { HttpProvider } from './http-provider.ts';

const amount = { amount: 12_900, currency: 'EUR' };
const request = { orderId: 'o-1', paymentToken: 'tok_visa', amount };
const call = { idempotencyKey: 'key', signal: new AbortController().signal };

async function started(answer: ServiceResponse): Promise<TestService> {
  const service = await startService(() => answer);
  onTestFinished(() => service.stop());
  return service;
}

it('asks for an authorization, and gives the answer', async () => {
  const service = await started({ body: { authorized: true, paymentId: 'p-1', at: 'noon' } });
  const answer = await new HttpProvider(service.url).authorize(request, call);
  expect(answer).toEqual({ authorized: true, paymentId: 'p-1' });
  expect(service.requests).toEqual([{ path: '/authorizations', key: 'key', body: request }]);
});

it('says why the provider declines', async () => {
  const { url } = await started({ body: { authorized: false, reason: 'over-limit' } });
  const answer = await new HttpProvider(url).authorize(request, call);
  expect(answer).toEqual({ authorized: false, reason: 'over-limit' });
});

it('asks for a refund, whatever the answer says of it', async () => {
  const service = await started({ body: { refundId: 'r-1' } });
  const booking = { orderId: 'o-1', paymentId: 'p-1', amount };
  await new HttpProvider(service.url).refund(booking, call);
  expect(service.requests).toEqual([{ path: '/refunds', key: 'key', body: booking }]);
});

it.each([
  {},
  { authorized: 'yes', paymentId: 'p-1' },
  { authorized: true },
  { authorized: true, paymentId: '' },
  { authorized: true, paymentId: 'a b' },
  { authorized: false },
  { authorized: false, reason: 'bad-mood' },
])('trusts no answer such as %j', async (body) => {
  const { url } = await started({ body });
  await expect(new HttpProvider(url).authorize(request, call)).rejects.toThrow(ServiceAnswerError);
});
