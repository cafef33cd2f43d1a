import type { ContractClass } from '@troupe/contract';
import { contractOf } from '@troupe/contract';
import type { AnyMachineSnapshot } from 'xstate';
import type { CommandSpec } from '../definition/command-spec.ts';
import type { CompiledMachine, Definition } from '../definition/definition.ts';
import type { BranchOutcome } from '../definition/messages.ts';
import { MachineError, MachineFault } from '../errors.ts';
import { MOST_PROBLEMS } from '../limits.ts';
import type { CommandRecord, InstanceRecord, KeptMessage, Problem, WholeMessage } from '../record.ts';
import type { Circumstances, FanOutDispatch, Input, Output } from './input.ts';

/** A decision in the making. Its record is replaced, never changed: what was loaded stays as it is. */
export interface Draft {
  readonly definition: Definition;
  readonly compiled: CompiledMachine;
  record: InstanceRecord;
  /** XState's form of the snapshot, once it was needed. */
  state: AnyMachineSnapshot | undefined;
  readonly outputs: Output[];
  readonly fanOuts: FanOutDispatch[];
  readonly resubmissions: WholeMessage[];
  readonly now: Date;
  /** The same as text. */
  readonly at: string;
  /** What each message of this decision says of the input. */
  readonly cause: Omit<KeptMessage, 'data'>;
  readonly idOf: Circumstances['idOf'];
  readonly outcomes: Map<string, readonly BranchOutcome[]>;
  /** The machine moved, so that what was deferred may be taken now. */
  moved: boolean;
  /** A branch must be known before what was done can be undone further. */
  wants: { readonly fanOut: string; readonly below: number } | undefined;
  readonly keys: Set<string>;
}

export function draftOf(
  definition: Definition,
  compiled: CompiledMachine,
  record: InstanceRecord,
  { inputId }: Input,
  { now, idOf, outcomes, trace }: Circumstances,
): Draft {
  return {
    definition,
    compiled,
    record,
    state: undefined,
    outputs: [],
    fanOuts: [],
    resubmissions: [],
    now,
    at: now.toISOString(),
    cause: { causationId: inputId, ...trace },
    idOf,
    outcomes: new Map(outcomes),
    moved: false,
    wants: undefined,
    keys: new Set(),
  };
}

export function change(draft: Draft, fields: Partial<InstanceRecord>): void {
  draft.record = { ...draft.record, ...fields };
}

/** Takes optional fields out of the record. */
export function drop(draft: Draft, ...names: readonly ('halted' | 'wakeAt')[]): void {
  if (!names.some((name) => name in draft.record)) return;
  const record: Partial<Record<string, unknown>> & InstanceRecord = { ...draft.record };
  for (const name of names) delete record[name];
  draft.record = record;
}

/** The revision that this decision makes. */
export function revisionOf(draft: Draft): number {
  return draft.record.revision + 1;
}

export function changeCommand(draft: Draft, command: CommandRecord): void {
  change(draft, { commands: draft.record.commands.map((one) => (one.id === command.id ? command : one)) });
}

/** What the present machine says of a command; undefined when it does not know it any more. */
export function specOf({ compiled }: Draft, command: CommandRecord): CommandSpec | undefined {
  const { undoes } = command;
  if (undoes === undefined) return compiled.commands.get(command.name);
  const kind = undoes.key === undefined ? compiled.commands : compiled.fanOuts;
  return kind.get(undoes.name)?.undo;
}

export function note(draft: Draft, problem: Omit<Problem, 'at'>): Problem {
  const noted = { at: draft.at, ...problem };
  change(draft, { problems: [...draft.record.problems, noted].slice(-MOST_PROBLEMS) });
  return noted;
}

/**
 * Adds a message to be sent. The same contract and key a second time in one decision gets a number, so that ids differ
 * and stay the same when the decision is made again.
 * @returns its id
 * @throws MachineError when the data breaks the contract
 */
export function send(
  draft: Draft,
  contract: ContractClass,
  data: object,
  key: string,
  kept?: Pick<Output, 'record' | 'flow'>,
): string {
  const { id, violationsOfProduced } = contractOf(contract);
  const [violation] = violationsOfProduced(data);
  if (violation !== undefined) {
    throw new MachineError(
      id,
      new Error(`its data breaks the contract at "${violation.path}": ${violation.message}`),
    );
  }
  let unique = key;
  for (let n = 2; draft.keys.has(`${id} ${unique}`); n++) unique = `${key}#${n}`;
  draft.keys.add(`${id} ${unique}`);
  const outputId = draft.idOf(id, unique);
  draft.outputs.push({ id: outputId, contract, data, key: unique, time: draft.at, ...kept });
  return outputId;
}

/** Does something that the machine may fail at; then nothing of it stays, and the fault is returned. */
export function attempt(draft: Draft, work: () => void): MachineFault | undefined {
  const { record, state, outputs, fanOuts, resubmissions, moved } = draft;
  const before = [outputs.length, fanOuts.length, resubmissions.length] as const;
  try {
    work();
    return undefined;
  } catch (error) {
    if (!(error instanceof MachineFault)) throw error;
    for (const { contract, key } of outputs.splice(before[0]))
      draft.keys.delete(`${contractOf(contract).id} ${key}`);
    fanOuts.length = before[1];
    resubmissions.length = before[2];
    Object.assign(draft, { record, state, moved });
    return error;
  }
}
