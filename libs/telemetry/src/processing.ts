import { AsyncLocalStorage } from 'node:async_hooks';
import type { ObservedMessage, StepName } from '@troupe/jetstream';

/** The delivery that the current asynchronous context works on. */
export interface Processing {
  readonly step: StepName;
  readonly message: ObservedMessage;
}

const storage = new AsyncLocalStorage<Processing>();

/** What `handler` is run for, here and in everything that it awaits; undefined outside of a step. */
export function currentProcessing(): Processing | undefined {
  return storage.getStore();
}

/** Runs `handler` as the work on `processing`. */
export function runProcessing<T, A extends unknown[]>(
  processing: Processing,
  handler: (...args: A) => T,
  ...args: A
): T {
  return storage.run(processing, handler, ...args);
}
