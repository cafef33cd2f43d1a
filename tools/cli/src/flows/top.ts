import { setTimeout as delay } from 'node:timers/promises';
import { localCommand, type Options } from '../command.ts';
import { ConsoleUnavailableError, UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { table } from '../table.ts';
import { CONSOLE, Console } from './console.ts';
import { FLOW_TITLES, type FlowsAnswer, flowRow } from './flow-row.ts';
import { behind } from './freshness.ts';
import { STEP_TITLES, stepRows } from './step-row.ts';
import type { StepsAnswer } from './steps.ts';

const OPTIONS = {
  every: { type: 'string', value: '<seconds>', about: 'how often it is drawn anew, 1 to 3600 (default 2)' },
  ...CONSOLE,
} as const satisfies Options;

/** `troupe top` */
export const top = localCommand({
  name: 'top',
  usage: '[options]',
  about: 'Shows the steps and the flows that are in trouble, drawn anew until Ctrl-C.',
  details: 'Where there is no screen, and with --json, it shows them once.',
  options: OPTIONS,
  async run({ values, positionals, variables, terminal, signal }) {
    if (positionals.length > 0) throw new UsageError(`troupe top takes options only, not ${positionals[0]}.`);
    const everyMs = secondsOf(values.every ?? '2') * 1_000;
    const console = new Console(values.console, variables);
    if (values.json) {
      terminal.out(JSON.stringify(await lookAt(console)));
      return EXIT.ok;
    }
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      const lines = await pictureOf(console, isFirst);
      if (!terminal.draw(lines)) {
        for (const line of lines) terminal.out(line);
        return EXIT.ok;
      }
      await delay(everyMs, undefined, { signal }).catch(() => {});
    }
    return EXIT.ok;
  },
});

function secondsOf(text: string): number {
  const seconds = /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (seconds >= 1 && seconds <= 3_600) return seconds;
  throw new UsageError(`--every ${text} is no whole number of seconds from 1 to 3600.`);
}

interface View {
  readonly steps: StepsAnswer;
  readonly stalled: FlowsAnswer;
  readonly failed: FlowsAnswer;
}

async function lookAt(console: Console): Promise<View> {
  const [steps, stalled, failed] = await Promise.all([
    console.ask<StepsAnswer>(['steps']),
    console.ask<FlowsAnswer>(['flows'], { state: 'stalled', limit: '10' }),
    console.ask<FlowsAnswer>(['flows'], { state: 'failed', limit: '10' }),
  ]);
  return { steps, stalled, failed };
}

/** A console that goes away while somebody looks may come back. */
async function pictureOf(console: Console, isFirst: boolean): Promise<string[]> {
  try {
    const { steps, stalled, failed } = await lookAt(console);
    const rows = steps.steps.flatMap((step) => stepRows(step));
    const flows = [...stalled.flows, ...failed.flows];
    return [
      behind(steps),
      '',
      ...table(STEP_TITLES, rows),
      '',
      ...(flows.length === 0 ? ['No flow is stalled or failed.'] : table(FLOW_TITLES, flows.map(flowRow))),
    ];
  } catch (error) {
    if (isFirst || !(error instanceof ConsoleUnavailableError)) throw error;
    return [error.message];
  }
}
