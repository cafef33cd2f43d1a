export { type AppHarness, type AppHarnessOptions, appHarness } from './app-harness.ts';
export { startBroker, type TestBroker } from './broker.ts';
export { LockedExamplesError } from './errors.ts';
export { type LockedExamplesOptions, lockedExamples } from './locked-examples.ts';
export {
  type ServiceRequest,
  type ServiceResponse,
  startService,
  type TestService,
} from './service.ts';
export { type StepHarness, type StepHarnessOptions, stepHarness } from './step-harness.ts';
export type { DeadLetter, StoredEvent } from './stored.ts';
export type { StrangerOptions } from './stranger.ts';
export type { Wait } from './until.ts';
export { upcastExamples } from './upcasts.ts';
