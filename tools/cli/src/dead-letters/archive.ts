import type { Author, DeadLetters, LetterState, Operation, RunOptions, Selection } from '@troupe/jetstream';
import { type Command, command } from '../command.ts';
import { EXIT } from '../exit-code.ts';
import { authorOf } from './author.ts';
import { carryOut } from './outcome.ts';
import { countOf, isConfirmed, SELECTION, selectionOf } from './selection.ts';

export const archive = moving(
  'archive',
  'Puts dead letters away: they stay in the stream, but are not listed.',
  'open',
  (letters, selection, options) => letters.archive(selection, options),
);

export const restore = moving(
  'restore',
  'Brings archived dead letters back.',
  'archived',
  (letters, selection, options) => letters.restore(selection, options),
);

/** A command that moves letters between the listed and the archived ones. */
function moving(
  name: 'archive' | 'restore',
  about: string,
  from: LetterState,
  move: (letters: DeadLetters, selection: Selection, options: Author & RunOptions) => Promise<Operation>,
): Command {
  return command({
    name: `dead-letters ${name}`,
    usage: '[<number>|<from>-<to> ...] [options]',
    about,
    options: SELECTION,
    async run(work) {
      const { values, positionals, terminal, environment } = work;
      const selection = selectionOf(positionals, values);
      const author = authorOf(values);
      const letters = await environment.deadLetters();
      const count = await countOf(letters, selection, [from]);
      if (count === 0) {
        terminal.say('There is no such dead letter.');
        return EXIT.nothing;
      }
      const what = `${name === 'archive' ? 'Archive' : 'Restore'} ${count} dead letters`;
      if (!(await isConfirmed(terminal, what, selection, values.yes))) return EXIT.nothing;
      return carryOut(work, (options) => move(letters, selection, { ...author, ...options }));
    },
  });
}
