import { localCommand, type Options } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { table } from '../table.ts';
import { timeOf } from '../times.ts';
import { CONSOLE, Console } from './console.ts';
import { FLOW_TITLES, type FlowsAnswer, flowRow } from './flow-row.ts';
import { behind } from './freshness.ts';

const OPTIONS = {
  state: { type: 'string', value: '<state>', about: 'running, completed, stalled or failed' },
  type: { type: 'string', value: '<contract>', about: 'flows that it opened: order.placed.v1' },
  since: {
    type: 'string',
    value: '<time>',
    about: 'begun then or later: RFC 3339, or an age such as 90s, 30m, 2h, 7d',
  },
  until: { type: 'string', value: '<time>', about: 'begun before: RFC 3339, or an age' },
  limit: { type: 'string', value: '<number>', about: 'so many at most, 1 to 500 (default 50)' },
  cursor: { type: 'string', value: '<cursor>', about: 'where the last answer ended' },
  ...CONSOLE,
} as const satisfies Options;

/** `troupe flows` */
export const flows = localCommand({
  name: 'flows',
  usage: '[options]',
  about: 'Lists flows, youngest first, a page at a time.',
  details: 'With --json: the page as one object. Ends with 3 when there is no flow on it and none behind it.',
  options: OPTIONS,
  async run({ values, positionals, variables, terminal }) {
    if (positionals.length > 0)
      throw new UsageError(`troupe flows takes options only, not ${positionals[0]}.`);
    const { state, type, since, until, limit, cursor } = values;
    const page = await new Console(values.console, variables).ask<FlowsAnswer>(['flows'], {
      state,
      type,
      since: since && timeOf('--since', since),
      until: until && timeOf('--until', until),
      limit,
      cursor,
    });
    if (values.json) {
      terminal.out(JSON.stringify(page));
    } else {
      if (page.flows.length > 0)
        for (const line of table(FLOW_TITLES, page.flows.map(flowRow))) terminal.out(line);
      if (page.knownSince !== undefined) terminal.say(`Flows before ${page.knownSince} are purged.`);
      if (page.cursor !== undefined) terminal.say(`There is more: --cursor ${page.cursor}`);
      terminal.say(behind(page));
    }
    return page.flows.length === 0 && page.cursor === undefined ? EXIT.nothing : EXIT.ok;
  },
});
