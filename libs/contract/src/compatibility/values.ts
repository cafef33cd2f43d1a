import { isDeepStrictEqual } from 'node:util';
import type { Rule } from './comparison.ts';
import { CHECKS } from './keywords.ts';
import { keywordsOf } from './place.ts';
import { type Shape, typesOf } from './shape.ts';

/** Keywords that look at values of every type. */
export const VALUES: readonly Rule[] = [
  {
    keywords: ['type'],
    findings: (sent, taken, context) => {
      const types = typesOf(taken) ?? [];
      if (types.includes(sent.type) || (sent.isInteger && types.includes('integer'))) return [];
      return context.refuse('type-refused', taken, 'type', nameOf(sent), types.join(' or '));
    },
  },
  {
    keywords: ['const', 'enum'],
    findings: (sent, taken, context) =>
      ['const', 'enum'].flatMap((keyword) => {
        const keywords = keywordsOf(taken);
        if (!(keyword in keywords)) return [];
        const values = keyword === 'const' ? [keywords.const] : (keywords.enum as unknown[]);
        const { value } = sent;
        if (value && values.some((one) => isDeepStrictEqual(one, value.is))) return [];
        return context.refuse('value-refused', taken, keyword, nameOf(sent), `only ${listed(values)}`);
      }),
  },
  {
    keywords: ['format'],
    findings: (sent, taken, context) => {
      const { format } = keywordsOf(taken);
      if (sent.type !== 'string' || sent.terms.some((term) => keywordsOf(term).format === format)) return [];
      return context.refuse(
        'format-differs',
        taken,
        'format',
        'text of another format',
        `the format ${format}`,
      );
    },
  },
  {
    keywords: CHECKS,
    findings: (sent, taken, context) =>
      Object.entries(keywordsOf(taken))
        .filter(([keyword]) => CHECKS.includes(keyword))
        .filter(
          ([keyword, value]) =>
            !sent.terms.some((term) => isDeepStrictEqual(keywordsOf(term)[keyword], value)),
        )
        .flatMap(([keyword, value]) =>
          context.refuse(
            'check-differs',
            taken,
            keyword,
            'values without this check',
            `what passes ${keyword.slice(2)}(${(value as unknown[]).map((one) => JSON.stringify(one)).join(', ')})`,
          ),
        ),
  },
];

/** A shape in a few words. */
export function nameOf({ type, isInteger, value }: Shape): string {
  if (value) return shown(value.is);
  return isInteger ? 'integer' : type;
}

function listed(values: readonly unknown[]): string {
  const first = values.slice(0, 5).map(shown).join(', ');
  return values.length > 5 ? `${first} and ${values.length - 5} more` : first;
}

/** A value in a sentence, cut to 60 characters. */
function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
