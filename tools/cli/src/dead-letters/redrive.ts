import { CANARY } from '@troupe/jetstream';
import { command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { authorOf } from './author.ts';
import { carryOut } from './outcome.ts';
import { countOf, isConfirmed, SELECTION, selectionOf } from './selection.ts';

export const redrive = command({
  name: 'dead-letters redrive',
  usage: '[<number>|<from>-<to> ...] [options]',
  about: 'Sends dead letters again, each to the step that set it aside and to no other.',
  details: `First one letter, then ten, then the rest; it stops when one of them fails again. Ctrl-C pauses.

  troupe dead-letters redrive 42 --why "the provider is back"
  troupe dead-letters redrive --group 0f3a9c41d27be856 --rate 50 --why "fixed in 1.4.1"`,
  options: {
    ...SELECTION,
    canary: { type: 'string', value: '<sizes>', about: 'sizes of the stages before the rest (default 1,10)' },
    'no-canary': { type: 'boolean', about: 'all at once' },
    rate: { type: 'string', value: '<number>', about: 'letters per second at most' },
    again: { type: 'boolean', about: 'also letters that were redriven before' },
    wait: {
      type: 'string',
      value: '<seconds>',
      about: 'how long steps may take to answer a stage (default 300)',
    },
  },
  async run(work) {
    const { values, positionals, terminal, environment } = work;
    const selection = selectionOf(positionals, values);
    const author = authorOf(values);
    const canary = values['no-canary'] ? [] : canaryOf(values.canary);
    const ratePerSecond = rateOf(values.rate);
    const letters = await environment.deadLetters();
    const count = await countOf(letters, selection, values.again ? ['open', 'redriven'] : ['open']);
    if (count === 0) {
      terminal.say('There is no such dead letter.');
      return EXIT.nothing;
    }
    if (!(await isConfirmed(terminal, `Redrive ${count} dead letters`, selection, values.yes)))
      return EXIT.nothing;
    const how = { ...author, canary, ratePerSecond, again: values.again };
    return carryOut(work, (options) => letters.redrive(selection, { ...how, ...options }));
  },
});

function canaryOf(text: string | undefined): readonly number[] {
  if (text === undefined) return CANARY;
  if (/^[1-9]\d{0,6}(,[1-9]\d{0,6}){0,9}$/.test(text)) return text.split(',').map(Number);
  throw new UsageError(`--canary ${text} is no list of sizes such as 1,10.`);
}

function rateOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const rate = Number(text);
  if (/^\d{1,6}(\.\d{1,3})?$/.test(text) && rate > 0) return rate;
  throw new UsageError(`--rate ${text} is no number of letters per second above 0.`);
}
