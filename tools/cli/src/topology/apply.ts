import { command, type Options } from '../command.ts';
import { confirmed } from '../confirmed.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import { OPTIONS as DECLARING, declaredBy } from './declared.ts';
import { tell } from './plan.ts';

const OPTIONS = {
  ...DECLARING,
  yes: { type: 'boolean', about: 'do not ask before' },
} as const satisfies Options;

/** `troupe topology apply` */
export const apply = command({
  name: 'topology apply',
  usage: '[options]',
  about:
    'Creates the streams, buckets and consumers that the broker lacks, and changes those that it has otherwise.',
  details: `Apps that run with TROUPE_TOPOLOGY=verify need no right to do so themselves. It deletes nothing, may be stopped at any
time, and run again. It ends with 3 when there was nothing to do.`,
  options: OPTIONS,
  async run(work) {
    const { values, positionals, terminal, environment } = work;
    if (positionals.length > 0)
      throw new UsageError(`troupe topology apply takes options only, not ${positionals[0]}.`);
    const declaration = await declaredBy(work, environment.names);
    const changes = await environment.planTopology(declaration);
    if (changes.length === 0) return EXIT.nothing;
    tell(terminal, changes, values.json);
    const changed = changes.filter(({ kind }) => kind === 'change').length;
    const what = `Create ${changes.length - changed} and change ${changed} of the broker's streams and consumers`;
    if (!(await confirmed(terminal, what, values.yes))) return EXIT.nothing;
    await environment.applyTopology(declaration);
    return EXIT.ok;
  },
});
