export {
  BrokerUnavailableError,
  type Next,
  newFlowId,
  next,
  Producer,
  RetryAfter,
  Runtime,
  type SendOptions,
  type Sent,
  type StepContext,
  StepDefinitionError,
  type StepResult,
  TerminalError,
} from '@troupe/jetstream';
export { closeApp } from './app/ending.ts';
export { createApp, type StartAppOptions, startApp } from './app/start-app.ts';
export {
  type AppDescription,
  describeApp,
  type FlowDescription,
  type StepDescription,
} from './description/describe-app.ts';
export {
  FlowDefinitionError,
  PortTakenError,
  ServiceAnswerError,
  ServiceRefusedError,
  ServiceUnavailableError,
} from './errors.ts';
export { FlowDiscovery } from './flows/discovery.ts';
export { Flow, type FlowOptions } from './flows/flow.ts';
export { BodyOf } from './http/body-of.ts';
export { idempotencyKeyOf } from './http/idempotency-key.ts';
export { ProblemFilter } from './http/problem.filter.ts';
export { type ProblemDetail, type ProblemDetailError, ProblemException } from './http/problem.ts';
export { type Asked, textsOf, wholeOf } from './http/query.ts';
export { TROUPE_OPTIONS, type TroupeOptions } from './options.ts';
export { type ServiceCall, ServiceClient, type ServiceOptions } from './service/service-client.ts';
export { connectionOf, type Settings, TROUPE_SETTINGS } from './settings.ts';
export { declareClassStep } from './steps/class-step.ts';
export { StepDiscovery } from './steps/discovery.ts';
export { type EffectsClass, Step, type StepOptions } from './steps/step.ts';
export { StepsModule } from './steps/steps.module.ts';
export { TroupeModule } from './troupe.module.ts';
export { APP_VARIABLES } from './variables.ts';
