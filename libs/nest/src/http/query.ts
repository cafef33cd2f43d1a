import { ProblemException } from './problem.ts';

const LONGEST = 1_024;

/** Query parameters as they come: a text, or several when one is given twice. */
export type Asked = Readonly<Record<string, unknown>>;

/**
 * The texts of the parameters that a route has; an empty one counts as none.
 * @throws ProblemException 400 for one that the route does not have, is given twice, or is over 1,024 characters
 */
export function textsOf<N extends string>(
  asked: Asked,
  names: readonly N[],
): { readonly [name in N]?: string } {
  const known: readonly string[] = names;
  for (const [name, value] of Object.entries(asked)) {
    if (!known.includes(name))
      throw new ProblemException(400, `There is no "${name}": it is ${names.join(', ')}.`);
    if (typeof value !== 'string') throw new ProblemException(400, `"${name}" is given more than once.`);
    if (value.length > LONGEST) throw new ProblemException(400, `"${name}" is over ${LONGEST} characters.`);
  }
  const given = Object.entries(asked).filter(([, value]) => value !== '');
  return Object.fromEntries(given) as { [name in N]?: string };
}

/** A whole number, NaN for anything else: whoever bounds it says what is right. */
export function wholeOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}
