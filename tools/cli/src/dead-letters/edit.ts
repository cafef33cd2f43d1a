import { command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { dataOf } from '../json-file.ts';
import { authorOf } from './author.ts';
import { checkOf } from './check.ts';
import { carryOut } from './outcome.ts';
import { numbersOf } from './selection.ts';

export const edit = command({
  name: 'dead-letters edit',
  usage: '<number> --data <file> [options]',
  about:
    'Sends a new message in the place of a dead letter: with an id of its own, caused by the original, which stays.',
  details: `The new data is checked against its contract before it is sent: by --schema, or by the contract packages in --contracts.

  troupe dead-letters show 42 --payload > 42.json
  troupe dead-letters edit 42 --data 42.json --why "the sku had a typo"`,
  options: {
    data: {
      type: 'string',
      value: '<file>',
      about: 'the new data, JSON; - for the standard input (required)',
    },
    type: {
      type: 'string',
      value: '<contract>',
      about: "another contract than the original's: order.placed.v1",
    },
    schema: { type: 'string', value: '<file>', about: 'JSON Schema (2020-12) of the data' },
    contracts: {
      type: 'string',
      value: '<folder>',
      about: 'a built contract package, or a folder of them (default libs/contracts)',
    },
    unchecked: { type: 'boolean', about: 'send it even when no contract is known' },
    again: { type: 'boolean', about: 'also when the letter was redriven before' },
    why: { type: 'string', value: '<text>', about: 'why it is done; kept in the record (required)' },
    by: { type: 'string', value: '<name>', about: 'who does it (default: user and machine)' },
    wait: { type: 'string', value: '<seconds>', about: 'how long the step may take to answer (default 300)' },
  },
  async run(work) {
    const { values, positionals, environment } = work;
    const [seq, ...others] = numbersOf(positionals);
    if (seq === undefined || others.length > 0) throw new UsageError('Say the number of one dead letter.');
    const author = authorOf(values);
    const data = await dataOf(values.data);
    const letters = await environment.deadLetters();
    const type = values.type ?? (await letters.show(seq)).event.type;
    if (type === undefined) throw new UsageError('The original does not say its type; say --type.');
    const violationsOf = await checkOf(type, values);
    const how = { ...author, data, type: values.type, violationsOf, again: values.again };
    return carryOut(work, (options) => letters.edit(seq, { ...how, ...options }));
  },
});
