import { UsageError } from './errors.ts';
import type { Terminal } from './terminal.ts';

/**
 * Asks a person whether to go on, unless `--yes` was said.
 * @throws UsageError when there is nobody to ask
 */
export async function confirmed(
  terminal: Terminal,
  what: string,
  yes: boolean | undefined,
): Promise<boolean> {
  if (yes) return true;
  const answer = await terminal.ask(`${what}? [y/N] `);
  if (answer === undefined) throw new UsageError(`${what}: nobody is there to confirm it; say --yes.`);
  return /^y(es)?$/i.test(answer.trim());
}
