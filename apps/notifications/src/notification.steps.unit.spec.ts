import { OrderPlaced } from '@shop/contracts-order';
import { PaymentRefunded } from '@shop/contracts-payment';
import { stepHarness } from '@troupe/testing';
import { expect, it } from 'vitest';
import type { Letter } from './letter.ts';
import { Mailer } from './mailer.ts';
import { placed, refunded } from './news.spec.support.ts';
import { NotificationSteps } from './notification.steps.ts';

it('tells the customer of each kind of news, once for a redelivered message, and emits nothing', async () => {
  const sent = new Map<string, Letter>();
  const mailer = { send: (letter: Letter, key: string): unknown => sent.set(key, letter) };
  const providers = [{ provide: Mailer, useValue: mailer }, NotificationSteps];
  const step = await stepHarness({ providers, step: [NotificationSteps, 'notify'] });
  expect(await step.given(OrderPlaced, placed)).toEqual([]);
  expect(await step.given(OrderPlaced, placed)).toEqual([]);
  expect(await step.given(PaymentRefunded, refunded)).toEqual([]);
  expect([...sent.values()].map(({ template }) => template)).toEqual(['order-received', 'payment-refunded']);
});
