import { matches } from 'class-validator';
import type { JsonSchema } from '../json-schema.ts';
import { ownKeyword, type Rule } from './rule.ts';

const keyword = ownKeyword('matches', ['string'], ([source, flags]) => {
  const expression = new RegExp(source as string, flags as string | undefined);
  return (value) => expression.test(value as string);
});

/**
 * `@Matches`. JSON Schema's `pattern` has no flags, so an expression with any but `u` is said by the own keyword alone.
 * `g` and `d` change no verdict; `y` makes it depend on the call before.
 */
export const PATTERN: Rule = {
  decorator: 'Matches',
  name: 'matches',
  check: matches,
  keyword,
  schema: ([pattern, modifiers]) => {
    const expression = expressionOf(pattern, modifiers);
    if (!expression || expression.sticky) return undefined;
    const flags = expression.flags.replace(/[gd]/g, '');
    if (flags === 'u') return { ...matching(expression.source), 'x-flags': 'u' };
    if (flags === '' && expressionOf(expression.source, 'u')) return matching(expression.source);
    return { type: 'string', [keyword.name]: flags ? [expression.source, flags] : [expression.source] };
  },
};

/** A string with a pattern. */
export function matching(pattern: string): JsonSchema {
  return { type: 'string', pattern };
}

/** What `@Matches` was given, as an expression; undefined for a text that is none. */
export function expressionOf(pattern: unknown, flags: unknown): RegExp | undefined {
  if (pattern instanceof RegExp) return pattern;
  try {
    return new RegExp(pattern as string, flags as string | undefined);
  } catch {
    return undefined;
  }
}
