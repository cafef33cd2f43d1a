import type { ContractClass } from '@troupe/contract';
import { MOST_COMMANDS } from '../limits.ts';
import type { BranchRecord, CommandRecord, Done, MachineInput, Problem } from '../record.ts';
import { hasBit, withBit } from './bits.ts';
import { addCommand } from './commands.ts';
import { dropped, noteForUndo } from './compensation.ts';
import { attempt, change, changeCommand, type Draft, note, send } from './draft.ts';

/** Sends the next undo command, when none is under way. When a branch must be known first, the draft wants it. */
export function undoNext(draft: Draft): void {
  const { compensation, commands } = draft.record;
  if (compensation === undefined || draft.record.endedAt !== undefined) return;
  if (commands.some(({ undoes, status }) => undoes !== undefined && status === 'open')) return;
  const [next, ...queue] = compensation.queue;
  if (next === undefined) return;
  if ('fanOut' in next) {
    draft.wants = next;
    return;
  }
  change(draft, { compensation: { ...compensation, queue } });
  const command = commands.find(({ id }) => id === next.command);
  if (command?.undo !== undefined) sendUndo(draft, { name: command.name }, command.undo);
  undoNext(draft);
}

/** Goes on with the branch that was wanted, or past the fan-out when it has none that is to be undone. */
export function undoBranch(draft: Draft, branch: BranchRecord | undefined): void {
  const { compensation } = draft.record;
  draft.wants = undefined;
  if (compensation === undefined) return;
  const [next, ...queue] = compensation.queue;
  if (next === undefined || !('fanOut' in next)) return;
  if (branch?.undo === undefined) change(draft, { compensation: { ...compensation, queue } });
  else {
    change(draft, { compensation: { ...compensation, queue: [{ ...next, below: branch.index }, ...queue] } });
    if (!isBranchUndone(draft, branch)) sendBranchUndo(draft, branch, branch.undo);
  }
  undoNext(draft);
}

/** A command that nobody waited for any more was answered: what it did is undone at once. */
export function undoLate(draft: Draft, command: CommandRecord, input: MachineInput): void {
  const { undo } = noteForUndo(draft, command, input);
  if (undo !== undefined) sendUndo(draft, { name: command.name }, undo);
}

/** The same for a branch, unless it was found answered before its answer was through, or is sure to be found in its turn. */
export function undoLateBranch(draft: Draft, branch: BranchRecord): boolean {
  if (branch.undo === undefined || isBranchUndone(draft, branch) || isToCome(draft, branch)) return false;
  sendBranchUndo(draft, branch, branch.undo);
  return true;
}

/** Over before all were, it is among the branches whenever they are read from then on. */
function isToCome({ record }: Draft, { fanOut, index, endedAt = '' }: BranchRecord): boolean {
  const { join, joinedAt = '' } = record.fanOuts.find(({ id }) => id === fanOut) ?? {};
  const queue = record.compensation?.queue ?? [];
  return (
    join === 'all' &&
    endedAt <= joinedAt &&
    queue.some((one) => 'fanOut' in one && one.fanOut === fanOut && index < one.below)
  );
}

function isBranchUndone({ record }: Draft, { fanOut, index }: BranchRecord): boolean {
  return hasBit(record.compensation?.branches[fanOut] ?? '', index);
}

function sendBranchUndo(draft: Draft, branch: BranchRecord, undo: NonNullable<BranchRecord['undo']>): void {
  const { compensation } = draft.record;
  if (compensation === undefined) return;
  const { fanOut, index } = branch;
  const branches = {
    ...compensation.branches,
    [fanOut]: withBit(compensation.branches[fanOut] ?? '', index),
  };
  change(draft, { compensation: { ...compensation, branches } });
  sendUndo(draft, doneBy(draft, branch), undo);
}

function doneBy({ record }: Draft, { fanOut, key }: BranchRecord): Done {
  return { name: record.fanOuts.find(({ id }) => id === fanOut)?.name ?? fanOut, key };
}

/** After the end an undo command is sent, and its answer is not waited for. */
function sendUndo(draft: Draft, undoes: Done, { contract, data }: NonNullable<CommandRecord['undo']>): void {
  const contractClass = draft.definition.sent.get(contract);
  const name = `undo ${undoes.name}${undoes.key === undefined ? '' : ` ${undoes.key}`}`;
  const fault = attempt(draft, () => {
    const id = send(draft, contractClass as ContractClass, data as object, name, { record: 'command' });
    addCommand(draft, { id, name, contract, data, undoes });
    if (draft.record.endedAt !== undefined) {
      const sent = draft.record.commands.find((one) => one.id === id);
      if (sent !== undefined) changeCommand(draft, dropped(sent));
    }
  });
  if (fault !== undefined) note(draft, { code: fault.code, message: fault.message, command: name });
}

/** An undo command was answered, or failed: that is reported, and the next one follows. */
export function undone(draft: Draft, command: CommandRecord, problem?: Omit<Problem, 'at'>): void {
  const { compensation } = draft.record;
  const { dueAt, message, ...rest } = command;
  const status = problem === undefined ? 'answered' : 'failed';
  const noted = problem && note(draft, { ...problem, command: command.name });
  changeCommand(draft, { ...rest, status, answeredAt: draft.at, ...(noted && { problem: noted }) });
  if (compensation === undefined || command.undoes === undefined) return;
  change(draft, {
    compensation: {
      ...compensation,
      undone: [...compensation.undone, { ...command.undoes, status, commandId: command.id } as const].slice(
        -MOST_COMMANDS,
      ),
      done: compensation.done + (problem === undefined ? 1 : 0),
      failed: compensation.failed + (problem === undefined ? 0 : 1),
    },
  });
}
