import type { Mask } from '@troupe/contract';
import type {
  BranchRecord,
  CommandRecord,
  CompensationRecord,
  FanOutRecord,
  FanOutState,
  HandOffState,
  InstanceRecord,
  StateValue,
} from '../record.ts';
import type {
  BranchStatus,
  CommandStep,
  CompensationStatus,
  FanOutStep,
  HandOffStep,
  MasterStatus,
  Progress,
  Result,
  StepStatus,
} from './master-status.ts';

/** What a status is made of, and what it may show. */
export interface StatusSources {
  readonly record: InstanceRecord;
  /** How far its fan-outs are. */
  readonly joins: readonly FanOutRecord[];
  /** By id of the fan-out; none when they are not to be shown. */
  readonly branches?: ReadonlyMap<string, readonly BranchRecord[]>;
  /** Hides what is sensitive in data of a contract; data of a contract without one is not shown. */
  readonly maskOf: (contractId: string) => Pick<Mask, 'data'> | undefined;
  /** The orchestration's own word on how far it is. Default: commands and branches that are done, of all so far. */
  readonly progress?: ((context: never, counted: Progress) => Progress) | undefined;
}

/** The master status of an instance, computed from its records. */
export function statusOf(sources: StatusSources): MasterStatus {
  const { record, maskOf } = sources;
  const { id, orchestration, version, status, compensation, startedAt, updatedAt, endedAt, result } = record;
  const traceId = record.traceparent?.split('-')[1];
  return {
    id,
    orchestration,
    version,
    status,
    state: stateOf(record),
    progress: progressOf(sources),
    steps: stepsOf(sources),
    timers: record.timers.map(({ event, at }) => ({ event: event.type, at })),
    errors: record.problems,
    ...(compensation !== undefined && { compensation: compensationOf(compensation) }),
    startedAt,
    updatedAt,
    ...(endedAt !== undefined && { endedAt }),
    ...(result !== undefined && { result: resultOf(result, maskOf) }),
    ...(traceId !== undefined && { traceId }),
  };
}

/** One branch as a status shows it. */
export function branchStatus(branch: BranchRecord, maskOf: StatusSources['maskOf']): BranchStatus {
  const { key, index, contract, status, dispatchedAt, endedAt, answer, problem } = branch;
  return {
    key,
    index,
    contract,
    status,
    dispatchedAt,
    ...(endedAt !== undefined && { endedAt }),
    ...(answer !== undefined && { result: resultOf(answer, maskOf) }),
    ...(problem !== undefined && { problem }),
  };
}

/** Where the machine of a record is; null before it began. */
export function stateOf({ snapshot }: Pick<InstanceRecord, 'snapshot'>): StateValue | null {
  return snapshot?.value ?? null;
}

function stepsOf({ record, joins, branches, maskOf }: StatusSources): StepStatus[] {
  const commands = record.commands.map((command) =>
    command.handOff === undefined
      ? commandStep(command, maskOf)
      : handOffStep(command, command.handOff, maskOf),
  );
  const fanOuts = record.fanOuts.map((fanOut) => {
    const join = joins.find(({ id }) => id === fanOut.id);
    return fanOutStep(fanOut, shownName(record, fanOut), join, branches?.get(fanOut.id), maskOf);
  });
  // Each is in order already, and a sort keeps the order of what began at one time.
  return [...commands, ...fanOuts].sort((a, b) => compare(a.dispatchedAt, b.dispatchedAt));
}

function progressOf({ record, joins, progress }: StatusSources): Progress {
  const counted = countedIn(record, joins);
  if (progress === undefined || record.snapshot === null) return counted;
  return progress(record.snapshot.context as never, counted);
}

function countedIn(record: InstanceRecord, joins: readonly FanOutRecord[]): Progress {
  const commands = record.commands.filter(({ undoes }) => undoes === undefined);
  const isDone = ({ status }: CommandRecord): boolean => status === 'answered' || status === 'skipped';
  const sum = (numbers: readonly number[]): number => numbers.reduce((all, one) => all + one, 0);
  return {
    done: commands.filter(isDone).length + sum(joins.map(({ answered }) => answered)),
    total: commands.length + sum(record.fanOuts.map(({ total }) => total)),
  };
}

function compensationOf({ queue: _, branches: __, ...told }: CompensationRecord): CompensationStatus {
  return told;
}

/** What a fan-out is called: its name, and `picks-2` when it was dispatched a second time. */
export function shownName({ fanOuts }: Pick<InstanceRecord, 'fanOuts'>, { id, name }: FanOutState): string {
  const place = fanOuts.filter((one) => one.name === name).findIndex((one) => one.id === id);
  return place > 0 ? `${name}-${place + 1}` : name;
}

function fanOutStep(
  fanOut: FanOutState,
  name: string,
  join: FanOutRecord | undefined,
  branches: readonly BranchRecord[] | undefined,
  maskOf: StatusSources['maskOf'],
): FanOutStep {
  const { contract, total, status, dispatchedAt, dueAt, resubmitted, joinedAt } = fanOut;
  return {
    kind: 'fan-out',
    name,
    contract,
    join: fanOut.join,
    status: status === 'ready' ? 'joined' : status,
    total,
    answered: join?.answered ?? 0,
    failed: join?.failed ?? 0,
    dispatchedAt,
    ...(status === 'open' && dueAt !== undefined && { dueAt }),
    resubmitted,
    ...(joinedAt !== undefined && { joinedAt }),
    ...(branches !== undefined && { branches: branches.map((branch) => branchStatus(branch, maskOf)) }),
  };
}

function commandStep(command: CommandRecord, maskOf: StatusSources['maskOf']): CommandStep {
  const { name, contract, status, dispatchedAt, dueAt, resubmitted, answeredAt, answer, problem } = command;
  return {
    kind: 'command',
    name,
    contract,
    status,
    dispatchedAt,
    ...(status === 'open' && dueAt !== undefined && { dueAt }),
    resubmitted,
    ...(answeredAt !== undefined && { answeredAt }),
    ...(answer !== undefined && { result: resultOf(answer, maskOf) }),
    ...(problem !== undefined && { problem }),
  };
}

function handOffStep(
  command: CommandRecord,
  { flowId, polls, report }: HandOffState,
  maskOf: StatusSources['maskOf'],
): HandOffStep {
  const { resubmitted: _, ...step } = commandStep(command, maskOf);
  return { ...step, kind: 'hand-off', flowId, polls, ...(report !== undefined && { report }) };
}

function resultOf({ contract, data }: Result, maskOf: StatusSources['maskOf']): Result {
  const mask = maskOf(contract);
  return data === undefined || mask === undefined ? { contract } : { contract, data: mask.data(data) };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
