import type { InstanceStatus, InstanceSummary, Place } from '@troupe/orchestration';
import { command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { table } from '../table.ts';
import { shownTime } from '../times.ts';
import { namedBy, OF } from './named.ts';
import { stateText } from './text.ts';

const PAGE = 200;
/** Complete, as the compiler sees to: the library itself is loaded only when it is needed. */
const STATUSES = Object.keys({
  accepted: true,
  running: true,
  suspended: true,
  compensating: true,
  completed: true,
  cancelled: true,
  compensated: true,
  failed: true,
} satisfies Record<InstanceStatus, true>) as InstanceStatus[];

/** `troupe orchestrations ls` */
export const ls = command({
  name: 'orchestrations ls',
  usage: '[options]',
  about: 'Lists instances of orchestrations, youngest first, one orchestration after another.',
  details: 'With --json: one instance a line. Ends with 3 when there is none.',
  options: {
    ...OF,
    status: { type: 'string', value: '<status>', about: `in this status: ${STATUSES.join(', ')}` },
    state: {
      type: 'string',
      value: '<state>',
      about: 'whose machine is in this state: picking, or packing.label for a nested one',
    },
    limit: { type: 'string', value: '<number>', about: 'so many at most (default: all)' },
  },
  async run({ values, positionals, terminal, environment, signal }) {
    if (positionals.length > 0)
      throw new UsageError(`troupe orchestrations ls takes options only, not ${positionals[0]}.`);
    const filter = { status: statusOf(values.status), state: values.state };
    const limit = limitOf(values.limit);
    let count = 0;
    for (const { orchestrations, name } of await namedBy(values, environment)) {
      let after: Place | undefined;
      do {
        if (signal.aborted) return EXIT.unfinished;
        const wanted = Math.min(PAGE, limit - count);
        if (wanted === 0) return EXIT.ok;
        const page = await orchestrations.list(name, filter, wanted, after);
        const rows = page.instances.map((one) => rowOf(orchestrations.app, one));
        if (values.json)
          for (const one of page.instances) terminal.out(JSON.stringify({ app: orchestrations.app, ...one }));
        else if (rows.length > 0)
          for (const line of table(TITLES, rows).slice(count === 0 ? 0 : 1)) terminal.out(line);
        if (after === undefined && page.damaged > 0)
          terminal.say(`${page.damaged} instances of ${name} cannot be read: their records are damaged.`);
        count += page.instances.length;
        after = page.next;
      } while (after !== undefined);
    }
    return count === 0 ? EXIT.nothing : EXIT.ok;
  },
});

const TITLES = ['ID', 'APP', 'ORCHESTRATION', 'STATUS', 'STATE', 'STARTED', 'UPDATED'];

function rowOf(app: string, one: InstanceSummary): string[] {
  const [started, updated] = [one.startedAt, one.updatedAt].map((time) => shownTime(Date.parse(time)));
  return [one.id, app, one.orchestration, one.status, stateText(one.state), started ?? '', updated ?? ''];
}

function statusOf(text: string | undefined): InstanceStatus | undefined {
  const status = STATUSES.find((one) => one === text);
  if (text === undefined || status !== undefined) return status;
  throw new UsageError(`--status is ${STATUSES.join(', ')}; none is ${text}.`);
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new UsageError(`--limit takes a whole number from 1, not ${text}.`);
}
