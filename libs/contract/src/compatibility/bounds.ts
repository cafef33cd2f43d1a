import { numberIn, type Place } from './place.ts';
import type { Shape } from './shape.ts';

/** A limit of numbers. */
export interface Bound {
  readonly limit: number;
  /** Whether the limit itself is outside. */
  readonly isExclusive: boolean;
}

/** The least number of a shape, or what a place demands of whole numbers or of all. */
export function leastOf(terms: readonly Place[], isInteger: boolean, value?: unknown): Bound {
  const bounds = boundsIn(terms, 'minimum', 'exclusiveMinimum');
  if (typeof value === 'number') bounds.push({ limit: value, isExclusive: false });
  const whole = bounds.map((bound) => (isInteger ? nextWhole(bound) : bound));
  return whole.reduce((a, b) => (isBelow(a, b) ? b : a), {
    limit: Number.NEGATIVE_INFINITY,
    isExclusive: false,
  });
}

/** The greatest number, likewise. */
export function greatestOf(terms: readonly Place[], isInteger: boolean, value?: unknown): Bound {
  const bounds = boundsIn(terms, 'maximum', 'exclusiveMaximum');
  if (typeof value === 'number') bounds.push({ limit: value, isExclusive: false });
  const { limit, isExclusive } = bounds
    .map(mirrored)
    .map((bound) => (isInteger ? nextWhole(bound) : bound))
    .reduce((a, b) => (isBelow(a, b) ? b : a), { limit: Number.NEGATIVE_INFINITY, isExclusive: false });
  return mirrored({ limit, isExclusive });
}

/** Whether a lower bound lets through what another does not. */
export function isBelow(a: Bound, b: Bound): boolean {
  return a.limit < b.limit || (a.limit === b.limit && !a.isExclusive && b.isExclusive);
}

/** Whether an upper bound lets through what another does not. */
export function isAbove(a: Bound, b: Bound): boolean {
  return isBelow(mirrored(a), mirrored(b));
}

/** A bound in words: `5`, `more than 5`. */
export function boundName({ limit, isExclusive }: Bound, beyond: 'more' | 'less'): string {
  if (!Number.isFinite(limit)) return 'any number';
  return isExclusive ? `${beyond} than ${limit}` : String(limit);
}

function boundsIn(terms: readonly Place[], inclusive: string, exclusive: string): Bound[] {
  return terms.flatMap((term) => {
    const at = numberIn(term, inclusive);
    const beyond = numberIn(term, exclusive);
    return [
      ...(at === undefined ? [] : [{ limit: at, isExclusive: false }]),
      ...(beyond === undefined ? [] : [{ limit: beyond, isExclusive: true }]),
    ];
  });
}

function nextWhole({ limit, isExclusive }: Bound): Bound {
  const least = isExclusive ? Math.floor(limit) + 1 : Math.ceil(limit);
  // Beyond 2^53 adding one changes nothing: the limit stays outside.
  return least === limit && isExclusive ? { limit, isExclusive } : { limit: least, isExclusive: false };
}

function mirrored({ limit, isExclusive }: Bound): Bound {
  return { limit: -limit, isExclusive };
}

/** How few and how many a shape has of what is counted: characters, items, properties. */
export interface Count {
  readonly least: number;
  readonly most: number;
}

/** The count that two keywords allow where all the terms hold. */
export function countIn(terms: readonly Place[], least: string, most: string): Count {
  return {
    least: Math.max(0, ...terms.map((term) => numberIn(term, least) ?? 0)),
    most: Math.min(
      Number.POSITIVE_INFINITY,
      ...terms.map((term) => numberIn(term, most) ?? Number.POSITIVE_INFINITY),
    ),
  };
}

/** The characters of a text shape. Variation selectors may count or not: readers differ. */
export function lengthOf({ terms, value }: Shape): Count {
  if (typeof value?.is !== 'string') return countIn(terms, 'minLength', 'maxLength');
  const characters = [...value.is];
  const selectors = characters.filter((one) => one === '\ufe0e' || one === '\ufe0f').length;
  return { least: characters.length - selectors, most: characters.length };
}
