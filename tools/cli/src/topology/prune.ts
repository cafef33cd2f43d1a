import { durationOf, type ExpectedStep, type Pruning } from '@troupe/jetstream';
import { command, type Options, type Run } from '../command.ts';
import { confirmed } from '../confirmed.ts';
import { UsageError, WorkspaceError } from '../errors.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { LOCK, readLock } from '../graph/lock.ts';

const OPTIONS = {
  'older-than': {
    type: 'string',
    value: '<age>',
    about: 'how old a message must be: 12h, 30d (required)',
  },
  choreography: {
    type: 'string',
    value: '<file>',
    about: `the ${LOCK} that says which steps are expected (default: what the consumers say of themselves)`,
  },
  'dry-run': { type: 'boolean', about: 'only say what would be purged' },
  yes: { type: 'boolean', about: 'do not ask before' },
} as const satisfies Options;

/** `troupe topology prune` */
export const prune = command({
  name: 'topology prune',
  usage: '--older-than <age> [options]',
  about: 'Purges what is old and dealt with, from EVENTS, from each DELAYED, and from DEAD_LETTERS.',
  details: `What a step has not settled stays, and all after it; so does a dead letter that is open. It may be stopped and run at any time, twice at once too. It ends with 5 when something keeps messages that are old
enough, and says what; with 3 when there is nothing to purge.`,
  options: OPTIONS,
  async run(work) {
    const { values, positionals, terminal, environment } = work;
    if (positionals.length > 0)
      throw new UsageError(`troupe topology prune takes options only, not ${positionals[0]}.`);
    const olderThanMs = ageOf(values['older-than']);
    const steps = await expectedOf(values.choreography);
    const planned = await environment.prune({ olderThanMs, steps, dryRun: true });
    const most = planned.reduce((sum, { messages }) => sum + messages, 0);
    if (values['dry-run'] || most === 0) return report(work, planned, 'would be purged, at most');
    const each = planned.filter(({ messages }) => messages > 0);
    const counts = each.map(({ stream, messages }) => `${messages} of ${stream}`).join(', ');
    const what = `Purge up to ${most} messages that are dealt with and older than ${values['older-than']} (${counts})`;
    if (!(await confirmed(terminal, what, values.yes))) return EXIT.nothing;
    return report(work, await environment.prune({ olderThanMs, steps }), 'purged');
  },
});

/**
 * An age as a person says it (`90s`, `30m`, `12h`, `30d`), in ms.
 * @throws UsageError for none, and for what is none
 */
function ageOf(text: string | undefined): number {
  const age = durationOf(text);
  if (age !== undefined) return age;
  const given = text === undefined ? '' : `, not ${text}`;
  throw new UsageError(`--older-than takes a length of time such as 12h or 30d${given}.`);
}

/** @throws WorkspaceError for a file that is not there, or is none */
async function expectedOf(file: string | undefined): Promise<ExpectedStep[] | undefined> {
  if (file === undefined) return undefined;
  const lock = await readLock(file);
  if (lock === undefined) throw new WorkspaceError(file, 'is not there.');
  return lock.apps.flatMap((app) => app.steps);
}

function report(
  { values, terminal }: Run<typeof OPTIONS>,
  prunings: readonly Pruning[],
  done: string,
): ExitCode {
  for (const pruning of prunings) {
    const { stream, messages, heldBy } = pruning;
    if (values.json) {
      terminal.out(JSON.stringify(pruning));
      continue;
    }
    terminal.out(`${stream}: ${messages} messages ${done}`);
    for (const { sentence } of heldBy) terminal.out(`  held back: ${sentence}`);
  }
  if (prunings.some(({ heldBy }) => heldBy.length > 0)) return EXIT.unfinished;
  return prunings.every(({ messages }) => messages === 0) ? EXIT.nothing : EXIT.ok;
}
