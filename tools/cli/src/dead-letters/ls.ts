import type { ListedLetter } from '@troupe/jetstream';
import { command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { table } from '../table.ts';
import { FILTER, filterOf, STATES, statesOf } from './filter.ts';

const PAGE = 200;

export const ls = command({
  name: 'dead-letters ls',
  usage: '[options]',
  about: 'Lists dead letters, oldest first: open ones unless told otherwise.',
  details: 'With --json: one letter a line.',
  options: { ...FILTER, ...STATES },
  async run({ values, terminal, environment, signal }) {
    const filter = filterOf(values);
    const letters = await environment.deadLetters();
    let count = 0;
    let page: ListedLetter[] = [];
    const flush = (): void => {
      const titles = ['NUMBER', 'SET ASIDE', 'STEP', 'REASON', 'TYPE', 'STATE', 'ERROR'];
      const lines = table(titles, page.map(rowOf));
      for (const line of count === page.length ? lines : lines.slice(1)) terminal.out(line);
      page = [];
    };
    for await (const letter of letters.list(filter, statesOf(values))) {
      if (signal.aborted) return EXIT.unfinished;
      count++;
      if (values.json) terminal.out(JSON.stringify(letter));
      else if (page.push(letter) === PAGE) flush();
    }
    if (page.length > 0) flush();
    return count === 0 ? EXIT.nothing : EXIT.ok;
  },
});

function rowOf({ seq, at, app, step, reason, event, state, redrives, error }: ListedLetter) {
  const last = redrives.at(-1);
  const told = state === 'redriven' && last !== undefined ? `redriven: ${last.result}` : state;
  return [seq, at.slice(0, 19).replace('T', ' '), `${app}/${step}`, reason, event.type, told, error.message];
}
