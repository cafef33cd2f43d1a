import {
  type Effects,
  type EffectsKey,
  next,
  type OutgoingMessage,
  type StepContext,
} from '@troupe/jetstream';
import { describe, expect, it } from 'vitest';
import { JobAsked, JobDone, JobFailed } from '../jobs.spec.support.ts';
import { declaredStep, Step } from './step.ts';

describe('@Step', () => {
  it('names the step after its method, in kebab case, unless told a name', () => {
    class Steps {
      @Step({ on: JobAsked, emits: [], from: 'now' })
      doTheJobAtOnce(): void {}

      @Step({ name: 'check', on: JobAsked, emits: [], from: 'now' })
      inspect(): void {}
    }
    expect(declaredStep(Steps.prototype, 'doTheJobAtOnce')?.name).toBe('do-the-job-at-once');
    expect(declaredStep(Steps.prototype, 'inspect')?.name).toBe('check');
  });

  it('keeps what it is told, and makes one contract a list', () => {
    class Steps {
      @Step({
        on: JobAsked,
        emits: [JobDone],
        from: 'beginning',
        within: '30s',
        concurrency: 2,
        timeoutMs: 5,
      })
      work(job: JobAsked) {
        return next(JobDone, { number: job.number });
      }
    }
    expect(declaredStep(Steps.prototype, 'work')).toEqual({
      name: 'work',
      on: [JobAsked],
      emits: [JobDone],
      from: 'beginning',
      within: '30s',
      concurrency: 2,
      timeoutMs: 5,
    });
  });

  it('is inherited by a subclass', () => {
    class Steps {
      @Step({ on: JobAsked, emits: [], from: 'now' })
      work(): void {}
    }
    class Special extends Steps {}
    expect(declaredStep(Special.prototype, 'work')?.name).toBe('work');
  });
});

/** Held by the compiler: an expectation that does not hold is an error of the build. */
describe('the types of @Step', () => {
  it('allow what the options say', () => {
    class Steps {
      @Step({ on: JobAsked, emits: [JobDone, JobFailed], from: 'now' })
      one(job: JobAsked, context: StepContext) {
        return job.takes > 0 ? next(JobDone, { number: 1 }) : next(JobFailed, { reason: context.id });
      }

      @Step({ on: JobAsked, emits: [JobDone], from: 'now' })
      async several(job: JobAsked) {
        return [next(JobDone, job, { key: 'a' }), next(JobDone, job, { key: 'b' })];
      }

      @Step({ on: [JobAsked, JobFailed], emits: [JobDone], from: 'now' })
      maybe(message: JobAsked | JobFailed) {
        return message instanceof JobAsked ? next(JobDone, { number: message.number }) : undefined;
      }

      @Step({ on: [JobAsked, JobFailed], emits: [], from: 'now' })
      async nothing(): Promise<void> {}
    }
    expect(Object.getOwnPropertyNames(Steps.prototype)).toHaveLength(5);
  });

  it('refuse a parameter that is not what arrives', () => {
    class Steps {
      // @ts-expect-error JobFailed does not arrive here
      @Step({ on: JobAsked, emits: [], from: 'now' })
      other(_message: JobFailed): void {}

      // @ts-expect-error JobFailed arrives, too
      @Step({ on: [JobAsked, JobFailed], emits: [], from: 'now' })
      half(_message: JobAsked): void {}
    }
    expect(Steps).toBeDefined();
  });

  it('refuse a returned message that "emits" does not list', () => {
    class Steps {
      // @ts-expect-error JobFailed is not listed
      @Step({ on: JobAsked, emits: [JobDone], from: 'now' })
      other() {
        return next(JobFailed, { reason: 'no' });
      }

      // @ts-expect-error one of two is not listed
      @Step({ on: JobAsked, emits: [JobDone], from: 'now' })
      async cascade() {
        return [next(JobDone, { number: 1 }), next(JobFailed, { reason: 'no' })];
      }

      // @ts-expect-error what it is also sent as is not listed
      @Step({ on: JobAsked, emits: [JobDone], from: 'now' })
      both() {
        return next(JobDone, { number: 1 }, { also: next(JobFailed, { reason: 'no' }) });
      }

      // @ts-expect-error nothing is listed
      @Step({ on: JobAsked, emits: [], from: 'now' })
      any() {
        return next(JobDone, { number: 1 });
      }

      // @ts-expect-error that is no message
      @Step({ on: JobAsked, emits: [JobFailed], from: 'now' })
      text() {
        return 'done';
      }
    }
    expect(Steps).toBeDefined();
  });

  it('refuse data that is not what its contract says', () => {
    class Steps {
      @Step({ on: JobAsked, emits: [JobFailed], from: 'now' })
      wrong() {
        // @ts-expect-error the reason is missing
        return next(JobFailed, {});
      }

      @Step({ on: JobAsked, emits: [JobFailed], from: 'now' })
      more() {
        // @ts-expect-error there is no such field
        return next(JobFailed, { reason: 'no', colour: 'red' });
      }
    }
    expect(Steps).toBeDefined();
  });

  it('give a transaction to a method whose effects are kept, and to no other', () => {
    interface Ledger {
      readonly book: (line: string) => void;
    }
    abstract class Books implements Effects<Ledger> {
      abstract readonly problem: string | undefined;
      abstract open(): Promise<void>;
      abstract process(
        key: EffectsKey,
        work: (ledger: Ledger) => Promise<readonly OutgoingMessage[]>,
      ): Promise<readonly OutgoingMessage[]>;
      abstract published(): void;
      abstract close(): Promise<void>;
    }
    class Steps {
      @Step({ on: JobAsked, emits: [JobDone], from: 'now', effects: Books })
      async booked(job: JobAsked, _context: StepContext, ledger: Ledger) {
        ledger.book(`${job.number}`);
        return next(JobDone, { number: job.number });
      }

      @Step({ on: JobAsked, emits: [], from: 'now', effects: Books })
      indifferent(): void {}

      // @ts-expect-error another kind of transaction
      @Step({ on: JobAsked, emits: [], from: 'now', effects: Books })
      other(_job: JobAsked, _context: StepContext, _transaction: { readonly pages: number }): void {}

      // @ts-expect-error no effects, no transaction
      @Step({ on: JobAsked, emits: [], from: 'now' })
      none(_job: JobAsked, _context: StepContext, _ledger: Ledger): void {}
    }
    expect(declaredStep(Steps.prototype, 'booked')?.effects).toBe(Books);
  });

  it('require "on", "emits" and "from"', () => {
    // @ts-expect-error no "from"
    expect(Step({ on: JobAsked, emits: [] })).toBeDefined();
    // @ts-expect-error no "emits"
    expect(Step({ on: JobAsked, from: 'now' })).toBeDefined();
    // @ts-expect-error no "on"
    expect(Step({ emits: [], from: 'now' })).toBeDefined();
  });
});
