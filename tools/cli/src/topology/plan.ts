import type { TopologyChange } from '@troupe/jetstream';
import { command } from '../command.ts';
import { UsageError } from '../errors.ts';
import { EXIT } from '../exit-code.ts';
import type { Terminal } from '../terminal.ts';
import { declaredBy, OPTIONS } from './declared.ts';

/** `troupe topology plan` */
export const plan = command({
  name: 'topology plan',
  usage: '[options]',
  about:
    'Says which streams, buckets and consumers the broker lacks, or has otherwise than the code of all apps.',
  details:
    'It reads the built apps, and changes nothing. It ends with 3 when the broker has everything as it should.',
  options: OPTIONS,
  async run(work) {
    const { values, positionals, terminal, environment } = work;
    if (positionals.length > 0)
      throw new UsageError(`troupe topology plan takes options only, not ${positionals[0]}.`);
    const changes = await environment.planTopology(await declaredBy(work, environment.names));
    tell(terminal, changes, values.json);
    return changes.length === 0 ? EXIT.nothing : EXIT.ok;
  },
});

/** A line for each change, and one for each setting that would change with it. */
export function tell(
  terminal: Terminal,
  changes: readonly TopologyChange[],
  json: boolean | undefined,
): void {
  for (const change of changes) {
    if (json) {
      terminal.out(JSON.stringify(change));
      continue;
    }
    terminal.out(`${change.kind} ${change.what}`);
    for (const { setting, inBroker, declared } of change.differences)
      terminal.out(`  ${setting}: ${shown(inBroker)} → ${shown(declared)}`);
  }
}

const LONGEST = 200;

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
}
