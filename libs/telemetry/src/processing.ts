import { AsyncLocalStorage } from 'node:async_hooks';
import type { ObservedMessage, StepName } from '@troupe/jetstream';

/** The delivery that the current asynchronous context works on. */
export interface Processing {
  readonly step: StepName;
  readonly message: ObservedMessage;
}

const storage = new AsyncLocalStorage<Processing>();

/** What runs here, and in everything that it awaits; undefined outside of a step. */
export function currentProcessing(): Processing | undefined {
  return storage.getStore();
}

/** Runs `handler` as the work on `processing`. */
export function runProcessing<T>(processing: Processing, handler: () => T): T {
  return storage.run(processing, handler);
}
