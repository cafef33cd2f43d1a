import { command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { table } from '../table.ts';
import { FILTER, filterOf, STATES, statesOf } from './filter.ts';

export const groups = command({
  name: 'dead-letters groups',
  usage: '[options]',
  about: 'Lists dead letters by the failure that they share, the most frequent first.',
  options: { ...FILTER, ...STATES },
  async run({ values, terminal, environment }) {
    const filter = filterOf(values);
    const letters = await environment.deadLetters();
    const found = await letters.groups(filter, statesOf(values));
    if (values.json) {
      terminal.out(JSON.stringify(found));
    } else {
      const titles = ['GROUP', 'COUNT', 'FIRST', 'LAST', 'STEP', 'REASON', 'TYPE', 'SAMPLE', 'ERROR'];
      const rows = found.groups.map((group) => [
        group.fingerprint,
        group.count,
        group.firstAt.slice(0, 19).replace('T', ' '),
        group.lastAt.slice(0, 19).replace('T', ' '),
        `${group.app}/${group.step}`,
        group.reason,
        group.type,
        group.sample,
        group.error.message,
      ]);
      if (rows.length > 0) for (const line of table(titles, rows)) terminal.out(line);
      if (found.beyond > 0)
        terminal.say(`and ${found.beyond} letters of other groups; use a filter to see them`);
    }
    return found.groups.length === 0 ? EXIT.nothing : EXIT.ok;
  },
});
