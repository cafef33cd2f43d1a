import { boundName, greatestOf, isAbove, isBelow, leastOf } from './bounds.ts';
import type { Rule } from './comparison.ts';
import { keywordsOf, numberIn, type Place } from './place.ts';
import type { Shape } from './shape.ts';

/** Keywords of numbers. */
export const NUMBERS: readonly Rule[] = [
  {
    keywords: ['minimum', 'exclusiveMinimum'],
    type: 'number',
    findings: (sent, taken, context) => {
      const least = leastOf(sent.terms, sent.isInteger, sent.value?.is);
      const demanded = leastOf([taken], sent.isInteger);
      if (!isBelow(least, demanded)) return [];
      const keyword = keywordIn(taken, 'minimum', 'exclusiveMinimum');
      return context.refuse(
        'number-too-small',
        taken,
        keyword,
        boundName(least, 'more'),
        `at least ${boundName(demanded, 'more')}`,
      );
    },
  },
  {
    keywords: ['maximum', 'exclusiveMaximum'],
    type: 'number',
    findings: (sent, taken, context) => {
      const greatest = greatestOf(sent.terms, sent.isInteger, sent.value?.is);
      const demanded = greatestOf([taken], sent.isInteger);
      if (!isAbove(greatest, demanded)) return [];
      const keyword = keywordIn(taken, 'maximum', 'exclusiveMaximum');
      return context.refuse(
        'number-too-large',
        taken,
        keyword,
        boundName(greatest, 'less'),
        `at most ${boundName(demanded, 'less')}`,
      );
    },
  },
  {
    keywords: ['multipleOf'],
    type: 'number',
    findings: (sent, taken, context) => {
      const divisor = numberIn(taken, 'multipleOf');
      if (divisor === undefined || isMultiple(sent, divisor)) return [];
      return context.refuse(
        'number-not-multiple',
        taken,
        'multipleOf',
        'other numbers',
        `only multiples of ${divisor}`,
      );
    },
  },
];

/** Fractions are compared as they are written alone: readers round them in ways of their own. */
function isMultiple({ terms, value, isInteger }: Shape, divisor: number): boolean {
  const divisors = terms.map((term) => numberIn(term, 'multipleOf')).filter((one) => one !== undefined);
  if (divisors.includes(divisor)) return true;
  if (!Number.isSafeInteger(divisor)) return false;
  if (typeof value?.is === 'number') return Number.isSafeInteger(value.is) && value.is % divisor === 0;
  if (isInteger && divisor === 1) return true;
  return divisors.some((one) => Number.isSafeInteger(one) && one % divisor === 0);
}

function keywordIn(place: Place, ...keywords: readonly [string, string]): string {
  return keywords[1] in keywordsOf(place) ? keywords[1] : keywords[0];
}
