import 'reflect-metadata';
import type { ContractClass, MessageOf } from '@troupe/contract';
import type { Next } from '@troupe/jetstream';
import { declareClassStep } from '@troupe/nest';
import type { AnyStateMachine, ContextFrom, InputFrom } from 'xstate';
import { orchestrationStep } from '../engine/step.ts';
import type { InstanceRecord, MachineState } from '../record.ts';
import type { Progress } from '../status/master-status.ts';

/** What `@Orchestration` takes. */
export interface OrchestrationOptions<
  Start extends ContractClass = ContractClass,
  Machine extends AnyStateMachine = AnyStateMachine,
> {
  /** Unique among the steps of its app: `[a-z][a-z0-9-]*`. It is the step's name, and part of the instances' keys. */
  readonly name: string;
  /** Of the machine, a whole number from 1. New instances begin on it. */
  readonly version: number;
  /** An XState machine without effects of its own: no `invoke`, no actors, and only the actions of this library. */
  readonly machine: Machine;
  /** The event that opens an instance in its flow. Its data is the machine's input. */
  readonly starts: Start;
  /** Every command that the machine dispatches, and the commands that undo them. */
  readonly commands: readonly ContractClass[];
  /** Every event that the machine emits, and those of `ends`. */
  readonly emits: readonly ContractClass[];
  /** Events of the flow that the machine waits for and that answer no command of it. Default: none. */
  readonly waitsFor?: readonly ContractClass[];
  /** Where a new consumer begins: with all that the stream holds, or with what comes next. */
  readonly from: 'beginning' | 'now';
  /** Earlier versions of the machine, on which instances that began on them go on: `{ 1: machineV1 }`. Default: none. */
  readonly versions?: Readonly<Record<number, AnyStateMachine>>;
  /** Brings instances of an earlier version to this one when they are next touched. Default: none are. */
  readonly migrate?: Readonly<Record<number, Migration>>;
  /** Events that end the flow of an instance that was cancelled or compensated. Default: none. */
  readonly ends?: {
    readonly cancelled?: (instance: EndedInstance<ContextFrom<Machine>>) => Next;
    readonly compensated?: (instance: EndedInstance<ContextFrom<Machine>>) => Next;
  };
  /** How long an instance stays after its end, to be asked for, in days. Default 7. */
  readonly keepDays?: number;
  /** First part of the path of its HTTP face; false: it has none. Default: the name and an s. */
  readonly path?: string | false;
  /** The instance's id, from the body that starts it over HTTP: a second one is the same. Default: a random UUID. */
  readonly id?: (body: MessageOf<Start>) => string;
  /**
   * How far an instance is. Default: what was counted, which is commands and branches that are over, of all that were
   * dispatched so far; a machine that knows how much is to come gives a total that does not grow.
   */
  readonly progress?: (context: ContextFrom<Machine>, counted: Progress) => Progress;
}

/** Gives the state in the present version for one of an earlier version. A pure function; its result is checked. */
export type Migration = (state: MachineState) => MachineState;

/** An instance at its end. */
export interface EndedInstance<Context = unknown> extends Pick<InstanceRecord, 'id' | 'problems'> {
  /** Undefined when the machine never began. */
  readonly context: Context | undefined;
}

const METADATA = Symbol.for('troupe:orchestration');

/**
 * Makes a class an orchestration of the app whose module lists it: a step of the app that is named as the
 * orchestration, consumes its start, the answers to its commands and the events it waits for. What cannot work is
 * refused when the app starts.
 */
export function Orchestration<Start extends ContractClass, Machine extends AnyStateMachine>(
  options: OrchestrationOptions<Start, Machine> & {
    readonly starts: MessageOf<Start> extends InputFrom<Machine> ? Start : never;
  },
): (target: abstract new (...dependencies: never[]) => object) => void {
  return (target) => {
    Reflect.defineMetadata(METADATA, options, target);
    declareClassStep(target, () => orchestrationStep(options as unknown as OrchestrationOptions));
  };
}

/** What `@Orchestration` was given; undefined for another class. */
export function orchestrationOf(
  target: abstract new (...dependencies: never[]) => object,
): OrchestrationOptions | undefined {
  return Reflect.getMetadata(METADATA, target) as OrchestrationOptions | undefined;
}
