import type { EventObject } from 'xstate';
import type { Joined } from '../definition/messages.ts';
import { DeferredFullError, type MachineFault } from '../errors.ts';
import { MOST_DEFERRED } from '../limits.ts';
import { type CommandRecord, type Halt, hasEnded, type MachineInput } from '../record.ts';
import { noteAnswer, typeOf } from './commands.ts';
import { attempt, change, type Draft, note, specOf } from './draft.ts';
import { closeFanOut } from './fan-out.ts';
import { handOffOf, isAwaited } from './hand-offs.ts';
import type { Input, InputOutcome } from './input.ts';
import { plain } from './plain.ts';
import { noteReport, toldOf } from './reports.ts';
import { begin, offer } from './transition.ts';
import { undoLate, undone } from './undo.ts';

/**
 * Takes an event: an answer to a command by its cause, another one when the orchestration waits for it. When the machine
 * fails at it, the instance is halted and the event is kept as it came.
 * @param again it was kept before, and its command may have it for an answer already
 * @throws DeferredFullError
 */
export function take(draft: Draft, input: MachineInput, again = false): InputOutcome {
  if (draft.record.halted !== undefined)
    return isAnswered(draft, input) && !again ? 'late' : defer(draft, input);
  let outcome: InputOutcome = 'ignored';
  const fault = attempt(draft, () => {
    outcome = taken(draft, input, again);
  });
  if (fault === undefined) return outcome;
  halt(draft, { kind: 'input', id: input.inputId }, fault);
  return defer(draft, input);
}

/**
 * Takes an end of a flow that a hand-off opened; the report of one that is waited for is noted first, so that whoever is
 * given the end later has it too.
 * @throws DeferredFullError
 */
export function takeCompletion(draft: Draft, input: Input & { readonly kind: 'completion' }): InputOutcome {
  const { inputId, contract, data, flowId, report } = input;
  const command = handOffOf(draft.record, flowId);
  if (command === undefined || specOf(draft, command)?.answers.has(contract) !== true) return 'ignored';
  if (report !== undefined && isAwaited(draft.record, flowId)) noteReport(draft, command, report);
  return take(draft, { inputId, contract, data, causationId: command.id });
}

/** Nothing is given to the machine any more until a person retries or skips what it failed on. */
export function halt(draft: Draft, halted: Halt, { code, message }: MachineFault): void {
  note(draft, { code, message });
  change(draft, { halted });
}

function isAnswered({ record }: Draft, { causationId }: MachineInput): boolean {
  return record.commands.some(({ id, answer }) => id === causationId && answer !== undefined);
}

function taken(draft: Draft, input: MachineInput, again: boolean): InputOutcome {
  if (draft.record.snapshot === null) {
    begin(draft, input.data);
    return 'started';
  }
  const command = draft.record.commands.find(({ id }) => id === input.causationId);
  if (command !== undefined && specOf(draft, command)?.answers.has(input.contract) === true)
    return answered(draft, command, input, again);
  if (draft.record.compensation !== undefined || hasEnded(draft.record)) return 'late';
  if (!draft.definition.waitsFor.has(input.contract)) return 'ignored';
  return giveOrDefer(draft, input);
}

function answered(draft: Draft, command: CommandRecord, input: MachineInput, again: boolean): InputOutcome {
  if (again && command.answeredBy === input.inputId) return giveOrDefer(draft, input);
  if (command.answer !== undefined) return 'late';
  if (command.undoes !== undefined) {
    if (command.status !== 'open') return 'late';
    undone(draft, command);
    return 'taken';
  }
  if (draft.record.compensation !== undefined) {
    undoLate(draft, command, input);
    return 'taken';
  }
  if (command.status === 'dropped' || (command.status === 'failed' && command.unhandled === undefined)) {
    noteAnswer(draft, command, input, 'dropped');
    return 'late';
  }
  noteAnswer(draft, command, input, input.skips === true ? 'skipped' : 'answered');
  return giveOrDefer(draft, input);
}

function giveOrDefer(draft: Draft, input: MachineInput): InputOutcome {
  return offer(draft, eventOf(draft, input)) ? 'taken' : defer(draft, input);
}

function defer(draft: Draft, { data, ...input }: MachineInput): InputOutcome {
  const { deferred, id } = draft.record;
  if (deferred.some(({ inputId }) => inputId === input.inputId)) return 'duplicate';
  if (deferred.length >= MOST_DEFERRED) throw new DeferredFullError(id, MOST_DEFERRED);
  change(draft, { deferred: [...deferred, { ...input, data: plain(data) }] });
  return 'deferred';
}

/** The event as the machine knows it: with the command that it answers, or the hand-off that it completes. */
function eventOf(draft: Draft, { inputId, contract, data, causationId }: MachineInput) {
  const command = draft.record.commands.find(
    ({ id, answeredBy }) => id === causationId && answeredBy === inputId,
  );
  if (command?.handOff !== undefined)
    return { type: `${command.name}.completed`, contract, data: plain(data), ...toldOf(command.handOff) };
  const event = { type: typeOf(draft, contract), data: plain(data) };
  return command === undefined ? event : { ...event, command: { name: command.name } };
}

/** After the machine moved, offers it again what it could not take: joins first, then the oldest input. */
export function drain(draft: Draft): void {
  while (draft.moved && draft.record.halted === undefined && draft.record.compensation === undefined) {
    draft.moved = false;
    offerJoins(draft);
    if (!draft.moved) offerDeferred(draft);
  }
}

function offerJoins(draft: Draft): void {
  for (const { id, name, status } of draft.record.fanOuts) {
    const outcomes = draft.outcomes.get(id);
    if (status !== 'ready' || outcomes === undefined) continue;
    const joined: Joined<string, object> = { type: `${name}.joined`, outcomes };
    const gone = offerKept(draft, { kind: 'fan-out', id }, joined);
    if (gone) closeFanOut(draft, id);
    if (gone || draft.record.halted !== undefined) return;
  }
}

function offerDeferred(draft: Draft): void {
  for (const input of draft.record.deferred) {
    const gone = offerKept(draft, { kind: 'input', id: input.inputId }, eventOf(draft, input));
    if (gone) change(draft, { deferred: draft.record.deferred.filter((one) => one !== input) });
    if (gone || draft.record.halted !== undefined) return;
  }
}

function offerKept(draft: Draft, kept: Halt, event: EventObject): boolean {
  let gone = false;
  const fault = attempt(draft, () => {
    gone = offer(draft, event);
  });
  if (fault === undefined) return gone;
  halt(draft, kept, fault);
  return false;
}
