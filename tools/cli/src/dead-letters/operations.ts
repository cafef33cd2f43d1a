import type { Operation } from '@troupe/jetstream';
import { command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { table } from '../table.ts';
import { me } from './author.ts';
import { carryOut, summary } from './outcome.ts';

export const operations = command({
  name: 'dead-letters operations',
  usage: '[show|pause|resume <id>] [options]',
  about:
    'Lists what was done about dead letters: who, when, why, and how it ended. Shows, pauses or resumes one.',
  details: `An operation that was paused, or whose process died, goes on with resume; nothing is sent twice.
With --json: one operation a line.`,
  options: {
    by: { type: 'string', value: '<name>', about: 'who pauses (default: user and machine)' },
    wait: {
      type: 'string',
      value: '<seconds>',
      about: 'how long steps may take to answer a stage (default 300)',
    },
  },
  async run(work) {
    const { values, positionals, terminal, environment } = work;
    const [verb, id, ...rest] = positionals;
    if (rest.length > 0 || (verb !== undefined && id === undefined))
      throw new UsageError('Say what to do with which operation: show, pause or resume, and its id.');
    const letters = await environment.deadLetters();
    if (verb === undefined || id === undefined) {
      const all: Operation[] = [];
      for await (const operation of letters.operations()) {
        if (values.json) terminal.out(JSON.stringify(operation));
        all.push(operation);
      }
      if (!values.json && all.length > 0) for (const line of tableOf(all)) terminal.out(line);
      return all.length === 0 ? EXIT.nothing : EXIT.ok;
    }
    switch (verb) {
      case 'show': {
        const operation = await letters.operation(id);
        terminal.out(values.json ? JSON.stringify(operation) : JSON.stringify(operation, null, 2));
        return EXIT.ok;
      }
      case 'pause': {
        const operation = await letters.pause(id, values.by ?? me());
        terminal.out(values.json ? JSON.stringify(operation) : summary(operation));
        return EXIT.ok;
      }
      case 'resume':
        return carryOut(work, (options) => letters.resume(id, options));
      default:
        throw new UsageError(`There is no "operations ${verb}": it is show, pause or resume.`);
    }
  },
});

function tableOf(operations: readonly Operation[]): string[] {
  const sorted = [...operations].sort((a, b) => a.startedAt.localeCompare(b.startedAt));
  return table(
    ['OPERATION', 'KIND', 'STATE', 'BY', 'DONE', 'FAILED', 'REFUSED', 'SKIPPED', 'WHY', 'NOTE'],
    sorted.map(({ id, kind, state, by, why, counts, note }) => [
      id,
      kind,
      state,
      by,
      counts.done,
      counts.failed,
      counts.refused,
      counts.skipped,
      why,
      note,
    ]),
  );
}
