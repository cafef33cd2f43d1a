import type { DeadLetters, LetterState, Selection } from '@troupe/jetstream';
import type { Options, Values } from '../command.ts';
import { confirmed } from '../confirmed.ts';
import { UsageError } from '../errors.ts';
import type { Terminal } from '../terminal.ts';
import { FILTER, filterOf } from './filter.ts';

/** Options of what changes letters: which ones, and who wants it why. */
export const SELECTION = {
  ...FILTER,
  all: { type: 'boolean', about: 'all letters, when neither numbers nor a filter say which' },
  why: { type: 'string', value: '<text>', about: 'why it is done; kept in the record (required)' },
  by: { type: 'string', value: '<name>', about: 'who does it (default: user and machine)' },
  yes: { type: 'boolean', about: 'do not ask before' },
} as const satisfies Options;

const MOST_NAMED = 10_000;

/**
 * The letters that a command line means: numbers and ranges (`42 50-60`), or a filter.
 * @throws UsageError when it says both, or nothing
 */
export function selectionOf(positionals: readonly string[], values: Values<typeof SELECTION>): Selection {
  const filter = filterOf(values);
  const hasFilter = Object.keys(filter).length > 0;
  if (positionals.length > 0) {
    if (hasFilter || values.all) throw new UsageError('Say which letters by number or by filter, not both.');
    return { seqs: numbersOf(positionals) };
  }
  if (!hasFilter && !values.all)
    throw new UsageError('Say which letters: numbers (42 50-60), a filter (--group, --step, …), or --all.');
  return { filter };
}

/** @throws UsageError for what is neither a number nor a range */
export function numbersOf(texts: readonly string[]): number[] {
  const numbers: number[] = [];
  for (const text of texts) {
    const [, from, to = from] = /^([1-9]\d{0,14})(?:-([1-9]\d{0,14}))?$/.exec(text) ?? [];
    if (from === undefined)
      throw new UsageError(`"${text}" is no number of a dead letter, and no range such as 50-60.`);
    if (Number(to) - Number(from) + numbers.length >= MOST_NAMED)
      throw new UsageError(`These are more than ${MOST_NAMED} letters; use a filter.`);
    for (let number = Number(from); number <= Number(to); number++) numbers.push(number);
  }
  return numbers;
}

/** How many letters a selection is about; those that are named count as they are. */
export async function countOf(
  letters: DeadLetters,
  selection: Selection,
  states: readonly LetterState[],
): Promise<number> {
  if ('seqs' in selection) return selection.seqs.length;
  let count = 0;
  for await (const _ of letters.list(selection.filter, states)) count++;
  return count;
}

/**
 * Asks a person whether to go on, unless the letters were named or `--yes` was said.
 * @throws UsageError when there is nobody to ask
 */
export async function isConfirmed(
  terminal: Terminal,
  what: string,
  selection: Selection,
  yes: boolean | undefined,
): Promise<boolean> {
  return 'seqs' in selection || confirmed(terminal, what, yes);
}
