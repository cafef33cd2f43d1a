import { fail, resubmit, unanswered } from './commands.ts';
import { attempt, type Draft, specOf } from './draft.ts';
import { resubmitFanOuts } from './fan-out.ts';
import type { Poll } from './input.ts';
import { halt } from './intake.ts';
import { polled } from './polls.ts';
import { disarm, dueTimer } from './timers.ts';
import { offer } from './transition.ts';
import { undone } from './undo.ts';

/** Timers that one wake-up fires; more are left to the next one, which follows at once. */
const MOST_FIRED = 100;

/** A command's deadline is looked at before timers are: what the machine does then counts from the answer that is missing. */
export function wake(draft: Draft, polls?: ReadonlyMap<string, Poll>): void {
  const overdue = draft.record.commands.filter(
    ({ status, dueAt }) =>
      status === 'open' && dueAt !== undefined && Date.parse(dueAt) <= draft.now.getTime(),
  );
  for (const { id } of overdue) {
    const command = draft.record.commands.find((one) => one.id === id);
    if (command?.status !== 'open') continue; // dropped by what was done about one before
    if (command.handOff !== undefined) {
      const poll = polls?.get(id);
      if (poll !== undefined) polled(draft, command, poll); // else the next wake-up has it, which follows at once
      continue;
    }
    const resubmissions = specOf(draft, command)?.resubmit ?? 0;
    if (command.resubmitted < resubmissions) resubmit(draft, command, command.resubmitted + 1);
    else if (command.undoes !== undefined) undone(draft, command, unanswered(command));
    else fail(draft, command, unanswered(command));
  }
  resubmitFanOuts(draft);
  for (let fired = 0; fired < MOST_FIRED; fired++) {
    const timer = dueTimer(draft);
    if (timer === undefined) return;
    const fault = attempt(draft, () => {
      disarm(draft, timer.id);
      offer(draft, timer.event);
    });
    if (fault !== undefined) halt(draft, { kind: 'timer', id: timer.id }, fault);
  }
}
