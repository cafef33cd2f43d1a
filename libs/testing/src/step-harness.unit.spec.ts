import { Injectable } from '@nestjs/common';
import { ContractViolationError } from '@troupe/contract';
import { OutputKeyError, UndeclaredOutputError } from '@troupe/jetstream';
import { type Next, next, Step, StepDefinitionError, TerminalError } from '@troupe/nest';
import { describe, expect, it } from 'vitest';
import {
  OrderPlaced,
  PaymentAuthorized,
  PaymentDeclined,
  PaymentProvider,
  PaymentSteps,
} from './payments.spec.support.ts';
import { stepHarness } from './step-harness.ts';
import { NewerPayments } from './two-majors.spec.support.ts';

const providers = [PaymentProvider, PaymentSteps];

describe('a step on the harness', () => {
  it('answers an order with an authorization', async () => {
    const step = await stepHarness({ providers, step: [PaymentSteps, 'authorize'] });
    const outputs = await step.given(OrderPlaced, { orderId: 'o-1', amount: 500 });
    expect(outputs).toMatchObject([{ type: 'payment.authorized.v1', data: { orderId: 'o-1' } }]);
  });

  it('takes a stand-in for what it injects', async () => {
    const strict = { provide: PaymentProvider, useValue: { charge: () => undefined } };
    const step = await stepHarness({ providers: [strict, PaymentSteps], step: [PaymentSteps, 'authorize'] });
    const outputs = await step.given(OrderPlaced, { orderId: 'o-1', amount: 1 });
    expect(outputs).toMatchObject([{ type: 'payment.declined.v1', data: { reason: 'over-limit' } }]);
  });

  it('gives the same ids for the same message, and other ones for another', async () => {
    const step = await stepHarness({ providers, step: [PaymentSteps, 'authorize'] });
    const order = { orderId: 'o-1', amount: 500 };
    const first = await step.given(OrderPlaced, order, { id: 'message-1' });
    expect(await step.given(OrderPlaced, order, { id: 'message-1' })).toEqual(first);
    expect(await step.given(OrderPlaced, order, { id: 'message-2' })).not.toEqual(first);
  });

  it('gets an instance of the contract, told apart by its class', async () => {
    const steps = new PaymentSteps(new PaymentProvider());
    const step = await stepHarness({
      providers: [{ provide: PaymentSteps, useValue: steps }],
      step: [PaymentSteps, 'tellTheCustomer'],
    });
    await step.given(PaymentAuthorized, { orderId: 'o-1', paymentId: 'p-1' });
    await step.given(PaymentDeclined, { orderId: 'o-2', reason: 'over-limit' });
    expect(steps.told).toEqual(['over-limit']);
  });

  it('takes an older major, converted as the runtime does', async () => {
    const step = await stepHarness({ providers: [NewerPayments], step: [NewerPayments, 'authorize'] });
    const [output] = await step.given(OrderPlaced, { orderId: 'o-1', amount: 500 });
    expect(output?.data).toMatchObject({ paymentId: expect.stringMatching(/^500 EUR /) });
  });

  it('refuses, as the runtime does, a message that breaks its contract, before the handler', async () => {
    const step = await stepHarness({ providers, step: [PaymentSteps, 'authorize'] });
    const broken = { orderId: 'o-1', amount: 1.5 };
    await expect(step.given(OrderPlaced, broken)).rejects.toThrow(ContractViolationError);
  });

  it('refuses a message that the step does not consume', async () => {
    const step = await stepHarness({ providers, step: [PaymentSteps, 'authorize'] });
    await expect(step.given(PaymentDeclined, { orderId: 'o-1', reason: 'x' })).rejects.toThrow(
      /authorize does not consume PaymentDeclined/,
    );
  });

  it('rejects with what the handler throws', async () => {
    const step = await stepHarness({ providers, step: [PaymentSteps, 'authorize'] });
    await expect(step.given(OrderPlaced, { orderId: 'o-1', amount: -1 })).rejects.toThrow(TerminalError);
  });
});

describe('outputs on the harness', () => {
  @Injectable()
  class Wrong {
    @Step({ on: OrderPlaced, emits: [PaymentDeclined], from: 'now' })
    undeclared() {
      return next(PaymentAuthorized, { orderId: 'o-1', paymentId: 'p' }) as unknown as Next<PaymentDeclined>;
    }

    @Step({ on: OrderPlaced, emits: [PaymentDeclined], from: 'now' })
    keyless() {
      return ['a', 'b'].map((reason) => next(PaymentDeclined, { orderId: 'o-1', reason }));
    }

    @Step({ on: OrderPlaced, emits: [PaymentDeclined], from: 'now' })
    broken() {
      return next(PaymentDeclined, { orderId: 'o-1' } as PaymentDeclined);
    }

    @Step({ on: OrderPlaced, emits: [PaymentDeclined], from: 'now' })
    cascade() {
      return ['a', 'b'].map((reason) => next(PaymentDeclined, { orderId: 'o-1', reason }, { key: reason }));
    }
  }

  const outputsOf = async (method: 'undeclared' | 'keyless' | 'broken' | 'cascade') => {
    const step = await stepHarness({ providers: [Wrong], step: [Wrong, method] });
    return step.given(OrderPlaced, { orderId: 'o-1', amount: 1 });
  };

  it('must be declared, keyed and valid, as the runtime demands', async () => {
    await expect(outputsOf('undeclared')).rejects.toThrow(UndeclaredOutputError);
    await expect(outputsOf('keyless')).rejects.toThrow(OutputKeyError);
    await expect(outputsOf('broken')).rejects.toThrow(ContractViolationError);
  });

  it('come in order, with their keys and ids of their own', async () => {
    const outputs = await outputsOf('cascade');
    expect(outputs.map(({ key }) => key)).toEqual(['a', 'b']);
    expect(new Set(outputs.map(({ id }) => id)).size).toBe(2);
  });
});

it('says so when a method is no step', async () => {
  class Plain {
    notAStep(): void {}
  }
  await expect(stepHarness({ providers: [Plain], step: [Plain, 'notAStep'] })).rejects.toThrow(
    StepDefinitionError,
  );
});
