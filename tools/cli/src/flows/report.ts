import type { FlowReport, ReportedStep } from '@troupe/ledger';
import { localCommand, type Options } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { plain, table } from '../table.ts';
import { shownSpan, shownTime } from '../times.ts';
import { CONSOLE, Console } from './console.ts';
import { behind } from './freshness.ts';

const OPTIONS = {
  ends: {
    type: 'string',
    value: '<contracts>',
    about: 'ends of a flow that declares none, with commas between: parcel.delivered.v1,parcel.returned.v1',
  },
  ...CONSOLE,
} as const satisfies Options;

const TITLES = ['STEP', 'MESSAGES', 'DONE', 'WAITING', 'RETRIES', 'SET ASIDE', 'MEDIAN', 'MAX'] as const;

/** `troupe report` */
export const report = localCommand({
  name: 'report',
  usage: '<flow id> [options]',
  about: 'Adds one flow up: its ends, steps, times, retries and dead letters, and what is not known.',
  details: `What an orchestration is told when a flow that it handed off to is over.
Ends with 3 when no flow has this id.`,
  options: OPTIONS,
  async run({ values, positionals, variables, terminal }) {
    const [flowId, ...others] = positionals;
    if (!flowId || others.length > 0) throw new UsageError('Say one flow: troupe report <flow id>.');
    const query = { ends: values.ends };
    const answer = await new Console(values.console, variables).find<FlowReport>(
      ['flows', flowId, 'report'],
      query,
    );
    if ('missing' in answer) {
      terminal.out(values.json ? JSON.stringify({ flowId, missing: answer.missing }) : plain(answer.missing));
      return EXIT.nothing;
    }
    if (values.json) terminal.out(JSON.stringify(answer));
    else for (const line of reportLines(answer)) terminal.out(plain(line));
    const { behindMs } = answer.asOf;
    terminal.say(behind({ behindMs }));
    return EXIT.ok;
  },
});

/** A report for people. */
export function reportLines(report: FlowReport): string[] {
  const { flowId, parentFlowId, state, startedAt, durationMs, ends, steps, branches, deadLetters } = report;
  const parent = parentFlowId === undefined ? '' : `, handed off by ${parentFlowId}`;
  const span = durationMs === undefined ? '' : ` within ${shownSpan(durationMs)}`;
  const { total, open } = branches;
  return [
    `flow ${flowId}, ${state}${span}${parent}`,
    `began ${shownTime(Date.parse(startedAt))}, branches ${total}, open ${open}`,
    '',
    ...table(TITLES, steps.map(stepRow)),
    ...below(
      'reached',
      ends.map(({ contract, source, messageId }) => `${contract} from ${source} (${messageId})`),
    ),
    ...below(
      'set aside',
      deadLetters.map(({ step, reason, messageId }) => `${messageId} by ${shownStep(step)}: ${reason}`),
    ),
    ...below('not known', report.lacks),
  ];
}

function stepRow({ step, messages, done, waiting, retries, deadLetters, timeMs }: ReportedStep) {
  const [median, max] = timeMs === undefined ? ['?', '?'] : [shownSpan(timeMs.median), shownSpan(timeMs.max)];
  return [shownStep(step), messages, done, waiting, retries, deadLetters, median, max];
}

function shownStep(step: string): string {
  return step.replace('__', '/');
}

function below(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${line}`)];
}
