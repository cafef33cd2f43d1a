import { lengthOf } from './bounds.ts';
import type { Rule } from './comparison.ts';
import { keywordsOf, numberIn, type Place } from './place.ts';

/** Keywords of texts. Patterns are never run: nobody can say how long that takes. */
export const STRINGS: readonly Rule[] = [
  {
    keywords: ['minLength'],
    type: 'string',
    findings: (sent, taken, context) => {
      const demanded = numberIn(taken, 'minLength') ?? 0;
      const { least } = lengthOf(sent);
      if (least >= demanded) return [];
      return context.refuse(
        'text-too-short',
        taken,
        'minLength',
        `${least} characters`,
        `at least ${demanded}`,
      );
    },
  },
  {
    keywords: ['maxLength'],
    type: 'string',
    findings: (sent, taken, context) => {
      const demanded = numberIn(taken, 'maxLength') ?? Number.POSITIVE_INFINITY;
      const { most } = lengthOf(sent);
      if (most <= demanded) return [];
      const sends = Number.isFinite(most) ? `${most} characters` : 'text of any length';
      return context.refuse('text-too-long', taken, 'maxLength', sends, `at most ${demanded} characters`);
    },
  },
  {
    keywords: ['pattern'],
    type: 'string',
    findings: (sent, taken, context) => {
      const pattern = patternOf(taken);
      if (sent.terms.some((term) => patternOf(term) === pattern)) return [];
      return context.refuse(
        'pattern-differs',
        taken,
        'pattern',
        'text of another pattern',
        `the pattern ${pattern}`,
      );
    },
  },
];

/** The pattern with the flags it is read with. */
function patternOf(place: Place): string | undefined {
  const { pattern, 'x-flags': flags } = keywordsOf(place);
  return pattern === undefined ? undefined : `/${pattern}/${flags ?? ''}`;
}
