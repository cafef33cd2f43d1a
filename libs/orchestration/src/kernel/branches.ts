import type { Definition } from '../definition/definition.ts';
import type { BranchOutcome } from '../definition/messages.ts';
import { MachineFault } from '../errors.ts';
import type {
  BranchRecord,
  FanOutRecord,
  FanOutState,
  InstanceRecord,
  Join,
  MachineInput,
} from '../record.ts';
import { hasBit, withBit } from './bits.ts';
import { result, undoOf } from './commands.ts';

/** How a branch ended. */
export type BranchEnd =
  | ({ readonly kind: 'answer' } & MachineInput)
  | {
      readonly kind: 'failure';
      readonly inputId: string;
      /** The reason of its dead letter, or `unanswered`. */
      readonly reason: string;
      readonly message: string;
    };

/**
 * The branch after it ended; undefined when this changes nothing: it is over, or this is no answer to its command. An
 * answer that comes after it was given up is noted, so that it is among the outcomes and can be undone.
 */
export function endBranch(
  definition: Definition,
  instance: InstanceRecord,
  branch: BranchRecord,
  end: BranchEnd,
  now: Date,
): BranchRecord | undefined {
  if (branch.status === 'answered') return undefined;
  const { message, problem, ...rest } = branch;
  const ended = { ...rest, endedAt: now.toISOString(), endedBy: end.inputId };
  if (end.kind === 'failure') {
    if (branch.status === 'failed') return undefined;
    return { ...ended, status: 'failed', problem: problemOf(branch, ended.endedAt, end.reason, end.message) };
  }
  const fanOut = instance.fanOuts.find(({ id }) => id === branch.fanOut);
  const spec = definition.machines.get(instance.version)?.fanOuts.get(fanOut?.name ?? '');
  if (spec === undefined || !spec.answers.has(end.contract)) return undefined;
  const answered = {
    ...ended,
    status: 'answered' as const,
    answer: { contract: end.contract, ...result(end.data) },
  };
  try {
    const undo = undoOf(spec, end, instance.snapshot?.context);
    return undo === undefined ? answered : { ...answered, undo };
  } catch (error) {
    if (!(error instanceof MachineFault)) throw error;
    return { ...answered, problem: problemOf(branch, ended.endedAt, error.code, error.message) };
  }
}

function problemOf({ fanOut, key }: BranchRecord, at: string, code: string, message: string) {
  return { at, code, message, command: fanOut, key };
}

/** Counts a branch that is over; gives the same record when it was counted before. */
export function countBranch(fanOut: FanOutRecord, { index, status }: BranchRecord): FanOutRecord {
  if (status === 'open' || index >= fanOut.total || hasBit(fanOut.over, index)) return fanOut;
  const answered = fanOut.answered + (status === 'answered' ? 1 : 0);
  const failed = fanOut.failed + (status === 'failed' ? 1 : 0);
  const joined = fanOut.joined || joins(fanOut.join, fanOut.total, answered, failed);
  return { ...fanOut, over: withBit(fanOut.over, index), answered, failed, joined };
}

/** Whether a branch is counted as over. */
export function isOver(fanOut: FanOutRecord, index: number): boolean {
  return hasBit(fanOut.over, index);
}

function joins(join: Join, total: number, answered: number, failed: number): boolean {
  if (join === 'all') return answered + failed === total;
  const needed = join === 'any' ? 1 : join.quorum;
  return answered >= needed || total - failed < needed;
}

/** What the machine is told of a fan-out, in the order of its dispatch. */
export function outcomesOf(branches: Iterable<BranchRecord>): BranchOutcome[] {
  return [...branches].sort((one, other) => one.index - other.index).map(outcomeOf);
}

function outcomeOf({ key, status, answer, problem }: BranchRecord): BranchOutcome {
  if (status === 'answered' && answer !== undefined)
    return {
      key,
      status,
      contract: answer.contract,
      ...(answer.data !== undefined && { data: answer.data as object }),
    };
  if (status === 'failed') return { key, status, reason: problem?.code ?? 'unanswered' };
  return { key, status: 'open' };
}

/**
 * Fan-outs whose open branches were sent as often as they may, and are now overdue: each of them has failed. Every branch
 * that is over is to be counted again then, whoever ended it: a process may have died before it counted.
 */
export function fanOutsToGiveUp(definition: Definition, record: InstanceRecord, now: Date): FanOutState[] {
  const specs = definition.machines.get(record.version)?.fanOuts;
  return record.fanOuts.filter(
    ({ name, status, dueAt, resubmitted }) =>
      status === 'open' &&
      dueAt !== undefined &&
      Date.parse(dueAt) <= now.getTime() &&
      resubmitted >= (specs?.get(name)?.resubmit ?? 0),
  );
}
