import type { CommandRecord, MachineInput } from '../record.ts';
import { resubmit } from './commands.ts';
import { beginCompensation } from './compensation.ts';
import { change, type Draft, drop, specOf } from './draft.ts';
import { closeFanOut } from './fan-out.ts';
import type { PersonsRequest } from './input.ts';

/** Gives an event to the machine; `again` one that was kept. */
type Give = (input: MachineInput, again: boolean) => void;

/**
 * Does what a person asks of an instance that has not ended.
 * @returns why it cannot be done, as a sentence; undefined when it is done
 * @throws MachineFault
 */
export function answerRequest(
  draft: Draft,
  request: PersonsRequest & { readonly inputId: string },
  give: Give,
): string | undefined {
  const { record } = draft;
  if (record.compensation !== undefined) return 'What was done is being undone already.';
  if (request.request === 'cancel') {
    beginCompensation(draft, 'cancelled', request.by);
    return undefined;
  }
  if (record.status !== 'suspended') return `It is ${record.status}, not suspended.`;
  switch (request.request) {
    case 'compensate':
      beginCompensation(draft, 'requested', request.by);
      return undefined;
    case 'retry':
      return retry(draft, request.command, give);
    case 'skip':
      return skip(draft, request, give);
  }
}

function retry(draft: Draft, name: string | undefined, give: Give): string | undefined {
  const failed = unhandled(draft, name);
  if (name !== undefined && failed.length === 0) return `No command "${name}" has failed.`;
  for (const command of failed) resubmit(draft, command, 0);
  if (name === undefined) resume(draft, give);
  return undefined;
}

function skip(
  draft: Draft,
  { inputId, command: name, answer }: PersonsRequest & { readonly request: 'skip'; readonly inputId: string },
  give: Give,
): string | undefined {
  if (answer === undefined) {
    if (draft.record.halted === undefined)
      return 'A failed command is skipped with an answer: its contract and data.';
    if (draft.record.snapshot === null) return 'The machine has not begun: retry or cancel it.';
    forgetHalt(draft);
    resume(draft, give);
    return undefined;
  }
  const [command, another] = unhandled(draft, name);
  if (command === undefined)
    return name === undefined ? 'No command has failed.' : `No command "${name}" has failed.`;
  if (another !== undefined) return 'Several commands have failed: name one of them.';
  const contract = draft.definition.contracts.get(answer.contract);
  if (contract === undefined || specOf(draft, command)?.answers.has(answer.contract) !== true)
    return `${answer.contract} is no answer to "${command.name}".`;
  const [violation] = contract.violationsOfAccepted(answer.data);
  if (violation !== undefined)
    return `The answer breaks ${answer.contract} at "${violation.path}": ${violation.message}.`;
  const { contract: id, data } = answer;
  give({ inputId, contract: id, data, causationId: command.id, skips: true }, false);
  return undefined;
}

function unhandled({ record }: Draft, name: string | undefined): CommandRecord[] {
  return record.commands.filter((one) => one.unhandled && (name === undefined || isNamed(one, name)));
}

/** One of several hand-offs of a name is named as its flow ends: `carrier/2`. */
function isNamed({ name, handOff }: CommandRecord, asked: string): boolean {
  if (asked === name || handOff === undefined) return asked === name;
  return asked.startsWith(`${name}/`) && handOff.flowId.endsWith(`/${asked}`);
}

/** What the machine failed on is as if it had never come. */
function forgetHalt(draft: Draft): void {
  const { halted, deferred, timers } = draft.record;
  if (halted?.kind === 'input')
    change(draft, { deferred: deferred.filter(({ inputId }) => inputId !== halted.id) });
  if (halted?.kind === 'timer') change(draft, { timers: timers.filter(({ id }) => id !== halted.id) });
  if (halted?.kind === 'fan-out') closeFanOut(draft, halted.id);
}

/** What came while the machine was halted is taken as if it came now. */
function resume(draft: Draft, give: Give): void {
  if (draft.record.halted === undefined) return;
  drop(draft, 'halted');
  draft.moved = true;
  const { deferred } = draft.record;
  change(draft, { deferred: [] });
  for (const input of deferred) give(input, true);
}
