import type { MasterStatus, StatusSources } from '@troupe/orchestration';
import { command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { plain } from '../table.ts';
import { instanceOf, OF } from './named.ts';
import { statusLines } from './status-lines.ts';

/** `troupe orchestrations show` */
export const show = command({
  name: 'orchestrations show',
  usage: '<id> [options]',
  about:
    'Shows the master status of one instance: where it is, its commands, fan-outs and hand-offs, timers and errors.',
  details: 'Ends with 3 when there is none of this id.',
  options: {
    ...OF,
    results: { type: 'boolean', about: 'also what commands were answered with: sensitive values too' },
    branches: {
      type: 'boolean',
      about: 'every branch of every fan-out (default: when they are 100 at most)',
    },
    diagram: { type: 'boolean', about: 'its machine with the present state marked, as text for Mermaid' },
  },
  async run({ values, positionals, terminal, environment }) {
    const instance = await instanceOf(positionals, values, environment);
    if (instance === undefined) {
      terminal.say(`There is no instance ${positionals[0]}.`);
      return EXIT.nothing;
    }
    const { orchestrations, found } = instance;
    if (values.diagram) {
      const diagram = await orchestrations.diagram(found);
      if (diagram === undefined) {
        terminal.say(`The machine that ${found.record.id} runs on is not kept.`);
        return EXIT.nothing;
      }
      terminal.out(diagram.trimEnd());
      return EXIT.ok;
    }
    const { records } = orchestrations;
    const branches = await (values.branches ? records.branches(found.record) : records.shownBranches(found));
    const status = await statusIn({
      record: found.record,
      joins: found.joins,
      ...(branches !== undefined && { branches }),
      maskOf: () => (values.results ? { data: (data) => data } : undefined),
    });
    if (values.json) terminal.out(JSON.stringify({ app: orchestrations.app, ...status }));
    else for (const line of statusLines(status, orchestrations.app)) terminal.out(plain(line));
    return EXIT.ok;
  },
});

async function statusIn(sources: StatusSources): Promise<MasterStatus> {
  const { statusOf } = await import('@troupe/orchestration');
  return statusOf(sources);
}
