import type { CommandRecord, CompensationRecord, FanOutState, MachineInput, ToUndo } from '../record.ts';
import { bitsOf } from './bits.ts';
import { noteAnswer } from './commands.ts';
import { attempt, change, type Draft, drop, note } from './draft.ts';

/**
 * Begins to undo what was done. The machine is not asked any more, nothing is waited for any more; what was under way
 * is undone when its answer comes.
 */
export function beginCompensation(draft: Draft, reason: CompensationRecord['reason'], by?: string): void {
  noteDeferredAnswers(draft);
  const { commands, fanOuts } = draft.record;
  const queue = queueOf(draft);
  drop(draft, 'halted');
  change(draft, {
    timers: [],
    deferred: [],
    commands: commands.map(dropped),
    fanOuts: fanOuts.map((one) => (isWaitedFor(one) ? { ...one, status: 'dropped' as const } : one)),
    compensation: {
      reason,
      ...(by !== undefined && { by }),
      startedAt: draft.at,
      queue,
      branches: Object.fromEntries(fanOuts.map(({ id, total }) => [id, bitsOf(total)])),
      undone: [],
      done: 0,
      failed: 0,
    },
  });
}

/** Answers that came while the machine was halted were not noted yet. */
function noteDeferredAnswers(draft: Draft): void {
  for (const input of draft.record.deferred) {
    const command = draft.record.commands.find(({ id }) => id === input.causationId);
    if (command?.status === 'open') noteForUndo(draft, command, input);
  }
}

/** What was done, newest first; a fan-out that has not joined is the newest. */
function queueOf(draft: Draft): ToUndo[] {
  const { commands, fanOuts } = draft.record;
  const done: { readonly doneIn: number; readonly item: ToUndo }[] = [
    ...commands.flatMap(({ id, undo, doneIn = 0 }) =>
      undo === undefined ? [] : [{ doneIn, item: { command: id } }],
    ),
    ...fanOuts.flatMap(({ id, name, total, doneIn = Number.POSITIVE_INFINITY }) =>
      draft.compiled.fanOuts.get(name)?.undo === undefined || total === 0
        ? []
        : [{ doneIn, item: { fanOut: id, below: total } }],
    ),
  ];
  return done
    .map((one, index) => ({ ...one, index }))
    .sort((one, other) =>
      one.doneIn === other.doneIn ? other.index - one.index : other.doneIn > one.doneIn ? 1 : -1,
    )
    .map(({ item }) => item);
}

/** The command, when nobody waits for it any more. */
export function dropped(command: CommandRecord): CommandRecord {
  const { unhandled, dueAt, message, ...rest } = command;
  return command.status === 'open' ? { ...rest, status: 'dropped' } : { ...rest };
}

function isWaitedFor({ status }: FanOutState): boolean {
  return status === 'open' || status === 'ready';
}

/** An undo that cannot be decided is a problem to be seen; it must not keep the others from being undone. */
export function noteForUndo(draft: Draft, command: CommandRecord, input: MachineInput): CommandRecord {
  let noted = command;
  const fault = attempt(draft, () => {
    noted = noteAnswer(draft, command, input, 'dropped');
  });
  if (fault !== undefined) note(draft, { code: fault.code, message: fault.message, command: command.name });
  return noted;
}

/** Whether nothing is left to be undone. */
export function isUndone({ record, wants }: Draft): boolean {
  const { compensation, commands } = record;
  if (compensation === undefined || wants !== undefined || compensation.queue.length > 0) return false;
  return !commands.some(({ undoes, status }) => undoes !== undefined && status === 'open');
}
