export type { ConnectionOptions, ConnectionState } from './connection/connection.ts';
export { Connection } from './connection/connection.ts';
export type { DeadLetterReason } from './consume/dead-letter.ts';
export { headerBlockOf, headerValues, sizeOf } from './consume/header-block.ts';
export {
  type RehearsalInput,
  type RehearsedOutput,
  rehearse,
} from './consume/rehearsal.ts';
export { consumerOwner, sweptId } from './dead-letters/advisory.ts';
export { LETTERS_BUCKET } from './dead-letters/bucket.ts';
export type { Body, HiddenBody, LetterContent } from './dead-letters/content.ts';
export { DeadLetters } from './dead-letters/dead-letters.ts';
export {
  DeadLetterNotFoundError,
  DeadLetterStateError,
  DeadLettersMissingError,
  MaxDeliveriesError,
  OperationNotFoundError,
  OperationStateError,
  StepGoneError,
} from './dead-letters/errors.ts';
export type { LetterFilter, LetterState } from './dead-letters/filter.ts';
export type { LetterGroup, LetterGroups } from './dead-letters/group.ts';
export type { Letter, LetterEvent } from './dead-letters/letter.ts';
export type { ListedLetter, RedriveResult } from './dead-letters/listed-letter.ts';
export type { Redrive } from './dead-letters/mark.ts';
export type { Operation, OperationState, Selection, Target } from './dead-letters/operation.ts';
export {
  type Author,
  CANARY,
  type EditOptions,
  type RedriveOptions,
  type RunOptions,
} from './dead-letters/options.ts';
export { Sweeper, type SweepOptions, type SweepReport } from './dead-letters/sweeper.ts';
export { type DirectOptions, DirectSender } from './direct/direct-sender.ts';
export { type DirectAddress, type OpenDirectSender, openDirect } from './direct/open-direct.ts';
export { durationOf, isDuration } from './duration.ts';
export type { DecidedMessage, Effects, EffectsKey, Outlet } from './effects.ts';
export {
  AlsoSentError,
  BrokerRefusedError,
  BrokerUnavailableError,
  CommandHandledTwiceError,
  CredentialsError,
  DirectNotTakenError,
  EffectsUnavailableError,
  HandlerTimeoutError,
  MessageTooLargeError,
  MustNotRunError,
  NoQuorumError,
  NoStreamError,
  OutputKeyError,
  OutputTimeError,
  PoisonError,
  PublishRefusedError,
  PublishTimeoutError,
  RetryAfter,
  StepDefinitionError,
  StreamFullError,
  StreamMissingError,
  TerminalError,
  type TopologyDifference,
  TopologyMismatchError,
  TopologyMissingError,
  UndeclaredOutputError,
} from './errors.ts';
export { idempotencyKey, outputId } from './ids.ts';
export {
  type Instrumentation,
  type ObservedMessage,
  type Outcome,
  type ProcessObservation,
  registeredInstrumentation,
  registerInstrumentation,
  type SendObservation,
  type StepName,
  type TraceHeaders,
} from './instrumentation.ts';
export { DEFAULT_LANES, laneOf } from './lane.ts';
export { type Logger, registeredLogger, registerLogger, silentLogger } from './logger.ts';
export { consumerName, inboxOf, instanceKey, keyToken, Names, stepName } from './naming.ts';
export type { Notice, NoticeKind, ProducingApp } from './notices.ts';
export { newFlowId } from './publish/flow-id.ts';
export type { OutgoingMessage } from './publish/message.ts';
export { Producer, type SendOptions, type Sent } from './publish/producer.ts';
export type { ExpectedStep, Hold } from './retention/holds.ts';
export { type PruneOptions, type Pruning, prune } from './retention/prune.ts';
export { assertDeclaration } from './runtime/declaration.ts';
export { PREFIX_KEY } from './runtime/micro-service.ts';
export type { RuntimeOptions, RuntimeStatus } from './runtime/options.ts';
export { Runtime } from './runtime/runtime.ts';
export { type Service, serviceOf } from './service.ts';
export {
  type CommandLetter,
  type Next,
  next,
  type OrchestrationManifest,
  type RetryPolicy,
  type StepContext,
  type StepDefinition,
  type StepHandler,
  type StepResult,
} from './step.ts';
export type { ConsumerDeclaration } from './topology/consumers.ts';
export { type AppDeclaration, consumersOf, type DeclaredApp, declareApp } from './topology/declare.ts';
export { type DeclaredStep, declaredStep } from './topology/declared-step.ts';
export type { TopologyMode } from './topology/ensure.ts';
export { MANIFEST_KEY, type Manifest, readManifest } from './topology/manifest.ts';
export {
  applyTopology,
  type EnvironmentDeclaration,
  planTopology,
  type TopologyChange,
} from './topology/plan.ts';
export {
  type BucketSettings,
  declareBucket,
  type StreamDeclaration,
  type StreamSettings,
} from './topology/streams.ts';
