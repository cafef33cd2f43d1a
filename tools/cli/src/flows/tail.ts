import type { Freshness } from '@troupe/ledger';
import { localCommand, type Options } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { plain } from '../table.ts';
import { CONSOLE, Console } from './console.ts';
import { flowRow, type ListedFlow } from './flow-row.ts';
import { behind } from './freshness.ts';

const OPTIONS = {
  state: {
    type: 'string',
    value: '<state>',
    about: 'flows that come into it: running, completed, stalled, failed',
  },
  type: { type: 'string', value: '<contract>', about: 'flows that it opened: order.placed.v1' },
  step: {
    type: 'string',
    value: '<app>/<step>',
    about: 'flows in which it has or had work: payments/authorize',
  },
  ...CONSOLE,
} as const satisfies Options;

/** A flow as it is after something of it changed. */
interface FlowChange {
  readonly flow: ListedFlow;
  /** Changes that were left out before this one. */
  readonly missed: number;
}

/** `troupe tail` */
export const tail = localCommand({
  name: 'tail',
  usage: '[options]',
  about: 'Shows flows as they change, until Ctrl-C.',
  details: `With --json: one change a line. Who reads too slowly misses changes, and is told how many.
Ends with 0 on Ctrl-C, with 1 when the console goes away.`,
  options: OPTIONS,
  async run({ values, positionals, variables, terminal, signal }) {
    if (positionals.length > 0)
      throw new UsageError(`troupe tail takes options only, not ${positionals[0]}.`);
    const { state, type, step } = values;
    const console = new Console(values.console, variables);
    let isFirst = true;
    const query = { state, type, step: step?.replace('/', '__') };
    for await (const { name, content } of console.events(['tail'], query, signal)) {
      if (name === 'flow') {
        const { flow, missed } = content as FlowChange;
        if (values.json) terminal.out(JSON.stringify(content));
        else terminal.out(plain(flowRow(flow).join('  ')));
        if (missed > 0) terminal.say(`missed ${missed} changes before this one`);
      } else if (isFirst) {
        terminal.say(behind(content as Freshness));
        isFirst = false;
      }
    }
    return EXIT.ok;
  },
});
