import type { CommandSpec } from '../definition/command-spec.ts';
import type { CommandFailed, HandOffFailed } from '../definition/messages.ts';
import { MachineError, MachineFault } from '../errors.ts';
import { LARGEST_RESULT, MOST_COMMANDS } from '../limits.ts';
import type { CommandRecord, MachineInput, Problem } from '../record.ts';
import { attempt, change, changeCommand, type Draft, note, revisionOf, specOf } from './draft.ts';
import { commandMessage } from './messages.ts';
import { plain } from './plain.ts';
import { toldOf } from './reports.ts';
import { offer } from './transition.ts';

/** Notes a command that is sent with this decision. */
export function addCommand(
  draft: Draft,
  {
    data,
    ...command
  }: Pick<CommandRecord, 'id' | 'name' | 'contract' | 'undoes' | 'handOff'> & {
    readonly data: unknown;
  },
): void {
  const added: CommandRecord = {
    ...command,
    status: 'open',
    dispatchedAt: draft.at,
    resubmitted: 0,
    sends: 1,
    message: { data, ...draft.cause },
  };
  const { commands, deferred } = draft.record;
  change(draft, { commands: kept([...commands, withDeadline(draft, added)], deferred) });
}

/** The oldest ones go that are over, leave nothing to be undone, and whose answer does not wait for the machine. */
function kept(
  commands: readonly CommandRecord[],
  deferred: readonly MachineInput[],
): readonly CommandRecord[] {
  let surplus = commands.length - MOST_COMMANDS;
  if (surplus <= 0) return commands;
  return commands.filter((command) => {
    const { id, status, unhandled, undo } = command;
    const needed =
      status === 'open' || unhandled || undo || deferred.some(({ causationId }) => causationId === id);
    return needed || surplus-- <= 0;
  });
}

/** The command with the deadline that it has from now on. */
function withDeadline(draft: Draft, command: CommandRecord): CommandRecord {
  const withinMs = specOf(draft, command)?.withinMs;
  if (withinMs === undefined) return command;
  return { ...command, dueAt: new Date(draft.now.getTime() + withinMs).toISOString() };
}

/**
 * Notes the answer to a command, and what would undo it.
 * @throws MachineFault when that cannot be decided
 */
export function noteAnswer(
  draft: Draft,
  command: CommandRecord,
  input: MachineInput,
  status: 'answered' | 'skipped' | 'dropped' = 'answered',
): CommandRecord {
  const { dueAt, message, problem, unhandled, ...rest } = command;
  const undo =
    status === 'skipped' ? undefined : undoOf(specOf(draft, command), input, draft.record.snapshot?.context);
  const answered: CommandRecord = {
    ...rest,
    status,
    answeredAt: draft.at,
    answeredBy: input.inputId,
    doneIn: revisionOf(draft),
    answer: { contract: input.contract, ...result(input.data) },
    ...(undo && { undo }),
  };
  changeCommand(draft, answered);
  return answered;
}

/** Data that is small enough to be kept. */
export function result(data: unknown): { readonly data?: unknown } {
  return JSON.stringify(data ?? null).length > LARGEST_RESULT ? {} : { data: plain(data) };
}

/**
 * The data of the command that undoes what was answered so; undefined when nothing does.
 * @throws MachineFault
 */
export function undoOf(
  spec: CommandSpec | undefined,
  { contract, data }: Pick<MachineInput, 'contract' | 'data'>,
  context: unknown,
): CommandRecord['undo'] {
  if (spec?.undo === undefined) return undefined;
  const { undo } = spec;
  try {
    const made = undo.data({ answer: plain(data) as object, contract, context: context as never });
    if (made === undefined) return undefined;
    const [violation] = undo.contract.violationsOfProduced(made);
    if (violation !== undefined)
      throw new Error(`its data breaks the contract at "${violation.path}": ${violation.message}`);
    return { contract: undo.contract.id, data: plain(made) };
  } catch (error) {
    throw error instanceof MachineFault ? error : new MachineError(`the undo of ${spec.contract.id}`, error);
  }
}

/**
 * A command or a hand-off failed for good: the machine is told when it takes that in its present state; else, and when
 * it fails at that, a person decides.
 */
export function fail(draft: Draft, command: CommandRecord, problem: Omit<Problem, 'at' | 'command'>): void {
  const { dueAt, ...rest } = command;
  const { name } = command;
  const noted = note(draft, { ...problem, command: name });
  changeCommand(draft, { ...rest, status: 'failed', problem: noted });
  let taken = false;
  const fault =
    draft.record.halted !== undefined
      ? undefined
      : attempt(draft, () => {
          taken = offer(draft, failedOf(command, problem.code));
        });
  if (fault !== undefined) note(draft, { code: fault.code, message: fault.message, command: name });
  if (!taken) changeCommand(draft, { ...rest, status: 'failed', problem: noted, unhandled: true });
}

function failedOf({ name, handOff }: CommandRecord, reason: string): CommandFailed | HandOffFailed<string> {
  if (handOff === undefined) return { type: 'command.failed', command: { name }, reason };
  return { type: `${name}.failed`, reason, ...toldOf(handOff) };
}

/** Sends a command again, with its own id. */
export function resubmit(draft: Draft, command: CommandRecord, resubmitted: number): void {
  const { unhandled, problem, handOff, ...rest } = command;
  const sends = command.sends + 1;
  const message = commandMessage(draft.record.id, command, sends);
  if (message !== undefined) draft.resubmissions.push(message);
  changeCommand(
    draft,
    withDeadline(draft, {
      ...rest,
      ...(handOff && { handOff: { ...handOff, polls: 0 } }),
      status: 'open',
      resubmitted,
      sends,
    }),
  );
}

/** What is said of a command that nobody answered. */
export function unanswered(command: { readonly sends: number }): Omit<Problem, 'at'> {
  return {
    code: 'unanswered',
    message: `No answer within the deadline, though it was sent ${command.sends === 1 ? 'once' : `${command.sends} times`}.`,
  };
}

/** The type of a contract by its id: `station.reserved` of `station.reserved.v1`. */
export function typeOf(draft: Draft, contractId: string): string {
  return draft.definition.contracts.get(contractId)?.type ?? contractId.replace(/\.v\d+$/, '');
}
