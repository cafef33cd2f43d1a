import { MOST_DEFERRED } from '../limits.ts';
import type { CommandRecord, HandOffState } from '../record.ts';
import type { CompletionReport } from '../report.ts';
import { fail } from './commands.ts';
import { changeCommand, type Draft, specOf } from './draft.ts';
import type { Poll } from './input.ts';
import { take } from './intake.ts';
import { noteReport } from './reports.ts';

/**
 * Decides about a hand-off that is overdue by what its poll found: an end, as if it had come; that the remote side
 * failed; or nothing, and then it is polled again, or given up after so many polls.
 */
export function polled(draft: Draft, overdue: CommandRecord, { report, found }: Poll): void {
  const command = noteReport(draft, overdue, report);
  if (isKept(draft, command)) pollLater(draft, command);
  else if (found === undefined) pollAgain(draft, command);
  else if (found === 'failed') fail(draft, command, { code: 'remote-failed', message: failureOf(report) });
  else {
    const { contract, data, messageId = `poll ${command.id}` } = found;
    if (draft.record.deferred.length < MOST_DEFERRED)
      take(draft, { inputId: messageId, contract, data, causationId: command.id });
    const left = draft.record.commands.find(({ id }) => id === command.id);
    if (left?.status === 'open') pollLater(draft, left); // the machine is halted, or has no room for it
  }
}

function failureOf({ deadLetters: [letter] }: CompletionReport): string {
  if (letter === undefined) return 'A poll found that the remote side has failed.';
  return `The remote side has failed: ${letter.step} set a message aside (${letter.reason}).`;
}

/** Its end came, and waits until a person has decided what the machine is halted for. */
function isKept({ record }: Draft, { id }: CommandRecord): boolean {
  return record.deferred.some(({ causationId }) => causationId === id);
}

/** Polls once more, unless it was polled so often. */
function pollAgain(draft: Draft, command: CommandRecord): void {
  const polls = (command.handOff?.polls ?? 0) + 1;
  if (polls < (specOf(draft, command)?.handOff?.polls ?? 0)) {
    pollLater(draft, { ...command, handOff: { ...(command.handOff as HandOffState), polls } });
    return;
  }
  const found = polls === 1 ? 'a poll' : `${polls} polls`;
  fail(draft, command, {
    code: 'overdue',
    message: `No end came within the deadline, and ${found} found none.`,
  });
}

function pollLater(draft: Draft, command: CommandRecord): void {
  const everyMs = specOf(draft, command)?.handOff?.everyMs ?? 0;
  changeCommand(draft, { ...command, dueAt: new Date(draft.now.getTime() + everyMs).toISOString() });
}
