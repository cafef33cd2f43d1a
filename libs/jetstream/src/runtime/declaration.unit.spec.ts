import { describe, expect, it } from 'vitest';
import { Letter } from '../direct/contracts.spec.support.ts';
import {
  OrderPlaced,
  ParcelDispatched,
  PaymentAuthorized,
  PickItem,
  stepOf,
} from '../fixtures.spec.support.ts';
import type { StepDefinition } from '../step.ts';
import { assertDeclaration } from './declaration.ts';
import type { RuntimeOptions } from './options.ts';

describe('an app is refused', () => {
  const REFUSED: [what: string, options: Partial<RuntimeOptions>, sentence: string | RegExp][] = [
    [
      'without a name that the broker can carry',
      { app: 'Payments' },
      /^The app is named "Payments"; a name begins with/,
    ],
    [
      'without a semantic version',
      { version: 'dev' },
      'The version of payments is "dev"; it is a semantic version such as 1.4.0',
    ],
    [
      'with a step of a bad name',
      { steps: [stepOf({ name: 'a b' })] },
      /^Step a b is named "a b"; a name begins with/,
    ],
    [
      'with two steps of one name',
      { steps: [stepOf({ declaredAt: 'A.x' }), stepOf({ declaredAt: 'B.x', on: [PaymentAuthorized] })] },
      'A.x and B.x are both named "authorize": their durables would be one. Give one of them another name.',
    ],
    [
      'with two steps for one command',
      { steps: [stepOf({ name: 'one', on: [PickItem] }), stepOf({ name: 'two', on: [PickItem] })] },
      'Command item.pick.v1 is handled by one and two: exactly one step may. Remove one.',
    ],
    ['with something that is no contract', { produces: [class Foreign {}] }, 'Foreign'],
  ];

  it.each(REFUSED)('%s', (_what, options, sentence) => {
    const declare = (): void => assertDeclaration({ app: 'payments', version: '1.0.0', ...options });
    expect(declare).toThrow(sentence);
    expect(declare).toThrow(
      expect.objectContaining({ code: expect.stringMatching(/^TROUPE_(STEP|CONTRACT)_DEFINITION$/) }),
    );
  });

  const STEPS: [what: string, step: Partial<StepDefinition>, sentence: string][] = [
    ['that consumes nothing', { on: [] }, 'consumes nothing: name its contracts in "on".'],
    [
      'that consumes one contract twice',
      { on: [OrderPlaced, OrderPlaced] },
      'names order.placed.v1 twice in "on".',
    ],
    [
      'that emits one contract twice',
      { emits: [OrderPlaced, OrderPlaced] },
      'names order.placed.v1 twice in "emits".',
    ],
    [
      'that takes one contract twice by itself',
      { direct: [ParcelDispatched, ParcelDispatched] },
      'names parcel.dispatched.v2 twice in "direct".',
    ],
    [
      'that takes a contract by itself and with all others',
      { direct: [OrderPlaced] },
      'names order.placed.v1 in "direct" and in "on" or "emits": a message goes to one step or to all.',
    ],
    [
      'that sends a contract to itself and to all',
      { direct: [ParcelDispatched], emits: [ParcelDispatched] },
      'names parcel.dispatched.v2 in "direct" and in "on" or "emits"',
    ],
    [
      'that hears of letters it does not take',
      { lettersOf: Letter },
      'has lettersOf Letter, which its "direct" does not list.',
    ],
    [
      'that does not say where it begins',
      { from: undefined as never },
      "does not say where a new consumer begins: \"from\" is 'beginning' or 'now'.",
    ],
    [
      'with a deadline without a unit',
      { within: '30' },
      'has within "30": it is a whole number and ms, s, m, h or d, such as 30s.',
    ],
    ['with a deadline of nothing', { within: '0s' }, 'has within "0s": it is a whole number'],
    ['that handles nothing at once', { concurrency: 0 }, 'has concurrency 0: it is a whole number from 1.'],
    ['with half a message', { concurrency: 1.5 }, 'has concurrency 1.5: it is a whole number from 1.'],
    ['without time', { timeoutMs: Number.NaN }, 'has timeoutMs NaN: it is a whole number from 1.'],
    ['without an attempt', { retry: { attempts: 0 } }, 'has retry.attempts 0: it is a whole number from 1.'],
    [
      'with too many immediate tries',
      { retry: { immediate: 101 } },
      'has retry.immediate 101: it is a whole number from 0 to 100.',
    ],
    [
      'with less than no immediate try',
      { retry: { immediate: -1 } },
      'has retry.immediate -1: it is a whole number from 0 to 100.',
    ],
    [
      'with a wait before now',
      { retry: { initialDelayMs: -1 } },
      'has retry.initialDelayMs -1: it is a number of milliseconds from 0.',
    ],
    [
      'with a wait without end',
      { retry: { maxDelayMs: Number.POSITIVE_INFINITY } },
      'has retry.maxDelayMs Infinity: it is a number of milliseconds from 0.',
    ],
  ];

  it.each(STEPS)('with a step %s', (_what, step, sentence) => {
    const steps = [stepOf({ declaredAt: 'PaymentSteps.authorize', ...step })];
    const declare = (): void => assertDeclaration({ app: 'payments', version: '1.0.0', steps });
    expect(declare).toThrow(`Step PaymentSteps.authorize ${sentence}`);
    expect(declare).toThrow(expect.objectContaining({ code: 'TROUPE_STEP_DEFINITION' }));
  });
});

describe('an app is taken', () => {
  it('with steps that share an event, and a deadline in each unit', () => {
    const steps = ['1ms', '30s', '5m', '2h', '1d'].map((within, i) => stepOf({ name: `step-${i}`, within }));
    assertDeclaration({ app: 'payments', version: '1.0.0-rc.1+build', steps, produces: [OrderPlaced] });
  });

  it('with neither steps nor messages', () => {
    assertDeclaration({ app: 'payments', version: '1.0.0' });
  });
});
