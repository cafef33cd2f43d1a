import { LARGEST_REPORT, MOST_REPORTS } from '../limits.ts';
import type { CommandRecord, HandOffState } from '../record.ts';
import { type CompletionReport, emptyReport } from '../report.ts';
import { change, type Draft } from './draft.ts';

/** Keeps what was told of a hand-off; of those that were noted longest ago, nothing is kept any more. */
export function noteReport(draft: Draft, { id }: CommandRecord, told: CompletionReport): CommandRecord {
  const report = keptReport(told);
  const commands = draft.record.commands.map((one) => (one.id === id ? withReport(one, report) : one));
  const reported = commands.filter((one) => one.id !== id && one.handOff?.report !== undefined);
  const surplus = new Set(reported.slice(0, Math.max(0, reported.length + 1 - MOST_REPORTS)));
  change(draft, { commands: commands.map((one) => (surplus.has(one) ? withReport(one) : one)) });
  return draft.record.commands.find((one) => one.id === id) as CommandRecord;
}

function withReport(command: CommandRecord, report?: CompletionReport): CommandRecord {
  const { report: _, ...handOff } = command.handOff as HandOffState;
  return { ...command, handOff: { ...handOff, ...(report && { report }) } };
}

/** What the machine is told of a hand-off when it is over. */
export function toldOf({ flowId, report = emptyReport(flowId, 'the ledger was not asked') }: HandOffState) {
  return { flowId, report };
}

const MOST_LISTED = 32;
const MOST_LACKS = 8;
const LONGEST_TEXT = 256;

/** As much of a report as fits a record; what is left out is named among what it lacks. */
export function keptReport(told: CompletionReport): CompletionReport {
  for (let most = MOST_LISTED; ; most >>= 1) {
    const report = shortened(told, most);
    if (most === 0 || JSON.stringify(report).length <= LARGEST_REPORT) return report;
  }
}

function shortened(told: CompletionReport, most: number): CompletionReport {
  const { ends, steps, deadLetters, lacks, ...rest } = told;
  const leftOut = Object.entries({ ends, steps, 'dead letters': deadLetters }).flatMap(
    ([name, { length }]) => (length > most ? [`${length - most} of ${length} ${name} are left out`] : []),
  );
  const short: CompletionReport = {
    ...rest,
    ends: ends.slice(0, most).map(({ data, ...end }) => end),
    steps: steps.slice(0, most),
    deadLetters: deadLetters.slice(0, most),
    lacks: [...lacks.slice(0, MOST_LACKS), ...leftOut],
  };
  return JSON.parse(JSON.stringify(short), (_, value: unknown) =>
    typeof value === 'string' ? value.slice(0, LONGEST_TEXT).toWellFormed() : value,
  ) as CompletionReport;
}
