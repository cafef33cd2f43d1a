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
export {
  type CommandSpec,
  type CompiledMachine,
  type Definition,
  definitionOf,
} from './definition/definition.ts';
export type {
  Answer,
  BranchOutcome,
  CommandFailed,
  CommandName,
  Fact,
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
export {
  ContextError,
  DeferredFullError,
  InstancesLostError,
  MachineActionError,
  MachineError,
  MachineFault,
  OrchestrationDefinitionError,
  OrchestrationLimitError,
  RecordDamagedError,
  SnapshotVersionError,
} from './errors.ts';
export * from './record.ts';
export {
  activePaths,
  type MachineStructure,
  type StateStructure,
  structureOf,
  type TransitionStructure,
} from './structure.ts';
