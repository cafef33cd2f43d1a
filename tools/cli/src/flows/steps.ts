import type { Freshness, StepView } from '@troupe/ledger';
import { localCommand } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { table } from '../table.ts';
import { CONSOLE, Console } from './console.ts';
import { behind } from './freshness.ts';
import { STEP_TITLES, stepRows } from './step-row.ts';

/** What the console answers about steps. */
export type StepsAnswer = Freshness & { readonly steps: readonly StepView[] };

/** `troupe steps` */
export const steps = localCommand({
  name: 'steps',
  usage: '[options]',
  about: 'Lists every step: what waits for it, how its work goes, and how many instances it has.',
  details: `P50 and P99 are times from stored to acknowledged of the last 1,000 messages, rates those of the last 30 s.
With --json: one step a line.`,
  options: CONSOLE,
  async run({ values, positionals, variables, terminal }) {
    if (positionals.length > 0)
      throw new UsageError(`troupe steps takes options only, not ${positionals[0]}.`);
    const answer = await new Console(values.console, variables).ask<StepsAnswer>(['steps']);
    if (values.json) for (const step of answer.steps) terminal.out(JSON.stringify(step));
    else if (answer.steps.length > 0)
      for (const line of table(
        STEP_TITLES,
        answer.steps.flatMap((step) => stepRows(step)),
      ))
        terminal.out(line);
    terminal.say(behind(answer));
    return answer.steps.length === 0 ? EXIT.nothing : EXIT.ok;
  },
});
