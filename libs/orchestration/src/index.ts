export {
  type ActionGiven,
  type Branch,
  type CommandOptions,
  compensate,
  type DispatchOptions,
  dispatch,
  emit,
  type FanOutOptions,
  fanOut,
  type UndoOptions,
} from './definition/actions.ts';
export type { CommandSpec, HandOffSpec } from './definition/command-spec.ts';
export { type CompiledMachine, type Definition, definitionOf } from './definition/definition.ts';
export {
  type HandOffOptions,
  handOff,
  type RemoteEnd,
  type RemoteStatus,
  type StatusAddress,
  type StatusGiven,
} from './definition/hand-off.ts';
export type {
  Answer,
  BranchOutcome,
  CommandFailed,
  CommandName,
  Completed,
  Fact,
  HandOffFailed,
  Joined,
} from './definition/messages.ts';
export {
  type EndedInstance,
  type Migration,
  Orchestration,
  type OrchestrationOptions,
  orchestrationOf,
} from './definition/orchestration.ts';
export { diagramOf } from './diagram.ts';
export { OrchestrationRequest, type RequestKind, SkippedWith } from './direct.ts';
export { orchestrationBucket } from './engine/bucket-stream.ts';
export { orchestrationStep } from './engine/step.ts';
export {
  ContextError,
  DeferredFullError,
  InstanceNotFoundError,
  InstanceStatusError,
  InstancesLostError,
  MachineActionError,
  MachineError,
  MachineFault,
  OrchestrationDefinitionError,
  OrchestrationLimitError,
  RecordDamagedError,
  RecordTooLargeError,
  SnapshotVersionError,
} from './errors.ts';
export { type ApiPage, serveApiPage } from './http/page.ts';
export { type OpenOrchestrations, openOrchestrations } from './open-orchestrations.ts';
export { OrchestrationModule } from './orchestration.module.ts';
export { type Asking, Orchestrations, type OrchestrationsAddress } from './orchestrations.ts';
export * from './record.ts';
export type {
  CompletionReport,
  ReportedAsOf,
  ReportedBranches,
  ReportedEnd,
  ReportedLetter,
  ReportedState,
  ReportedStep,
  ReportedTime,
} from './report.ts';
export type { InstanceFilter, InstancePage, InstanceSummary, Place } from './status/instances.ts';
export type {
  BranchStatus,
  CommandStep,
  CompensationStatus,
  FanOutStep,
  HandOffStep,
  MasterStatus,
  Progress,
  Result,
  StepStatus,
  TimerStatus,
} from './status/master-status.ts';
export type { Found } from './status/records.ts';
export { branchStatus, type StatusSources, statusOf } from './status/status.ts';
export {
  activePaths,
  type MachineStructure,
  type StateStructure,
  structureOf,
  type TransitionStructure,
} from './structure.ts';
