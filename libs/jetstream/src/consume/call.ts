import type { StepDefinition, StepHandler } from '../step.ts';
import type { Work } from './work.ts';

/** Calls the handler, inside the message's observation when there is one. */
export function call(
  step: StepDefinition,
  work: Work,
  data: object,
  transaction?: unknown,
): ReturnType<StepHandler> {
  const { observation } = work;
  return observation === undefined
    ? step.handle(data, work, transaction)
    : observation.run(() => step.handle(data, work, transaction));
}

/** Stops waiting when the step stops: what the handler does from then on is rolled back or refused. */
export function unlessAborted<T>(work: Work, run: () => Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    work.onAbort(reject);
    run().then(resolve, reject);
  });
}

export function isPromise<T>(value: T | Promise<T>): value is Promise<T> {
  return typeof (value as { then?: unknown } | undefined | null)?.then === 'function';
}
