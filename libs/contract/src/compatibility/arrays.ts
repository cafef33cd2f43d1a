import { countIn } from './bounds.ts';
import { asWritten, type Context, included, type Rule, within } from './comparison.ts';
import type { Finding } from './finding.ts';
import { isAlone, itemsOf, keywordsOf, numberIn, type Place, schemaAt } from './place.ts';
import { same } from './sameness.ts';
import type { Shape } from './shape.ts';

/** Keywords of arrays. */
export const ARRAYS: readonly Rule[] = [
  {
    keywords: ['minItems'],
    type: 'array',
    findings: (sent, taken, context) => {
      const demanded = numberIn(taken, 'minItems') ?? 0;
      const { least } = sizeOf(sent);
      if (least >= demanded) return [];
      return context.refuse('list-too-short', taken, 'minItems', `${least} items`, `at least ${demanded}`);
    },
  },
  {
    keywords: ['maxItems'],
    type: 'array',
    findings: (sent, taken, context) => {
      const demanded = numberIn(taken, 'maxItems') ?? Number.POSITIVE_INFINITY;
      const { most } = sizeOf(sent);
      if (most <= demanded) return [];
      const sends = Number.isFinite(most) ? `${most} items` : 'any number of items';
      return context.refuse('list-too-long', taken, 'maxItems', sends, `at most ${demanded}`);
    },
  },
  {
    keywords: ['uniqueItems'],
    type: 'array',
    findings: (sent, taken, context) => {
      if (keywordsOf(taken).uniqueItems !== true || sizeOf(sent).most <= 1) return [];
      if (sent.terms.some((term) => keywordsOf(term).uniqueItems === true)) return [];
      return context.refuse(
        'items-not-unique',
        taken,
        'uniqueItems',
        'the same item twice',
        'each item once',
      );
    },
  },
  {
    keywords: ['prefixItems', 'items', 'additionalItems', 'unevaluatedItems'],
    type: 'array',
    findings: itemsTaken,
  },
  { keywords: ['contains'], type: 'array', findings: containsTaken },
  {
    keywords: ['unevaluatedItems'],
    type: 'array',
    findings: (_, taken, context) => {
      if (keywordsOf(taken).unevaluatedItems === true) return [];
      if (isAlone(taken) && !('contains' in keywordsOf(taken))) return [];
      return context.refuse(
        'unevaluated-differs',
        taken,
        'unevaluatedItems',
        'items that nothing names',
        'what unevaluatedItems says, which is compared only where the whole schema around it is the same',
      );
    },
  },
];

function itemsTaken(sent: Shape, taken: Place, context: Context): readonly Finding[] {
  const all = [...sent.terms, taken].map(itemsOf);
  const named = Math.max(...all.map(({ first }) => first.length));
  const { most } = sizeOf(sent);
  const findings: Finding[] = [];
  for (let i = 0; i < Math.min(named, most); i++) {
    const demanded = itemAt(taken, i);
    if (demanded) findings.push(...included(itemsAt(sent, i), demanded, within(context, `[${i}]`)));
  }
  const rest = itemsOf(taken).rest;
  if (rest && most > named) findings.push(...included(itemsAt(sent, named), rest, within(context, '[]')));
  return findings;
}

/** Items count by what they are as it is written: an item more that matches may break `maxContains`. */
function containsTaken(sent: Shape, taken: Place, context: Context): readonly Finding[] {
  const demanded = schemaAt(taken, 'contains');
  if (!demanded) return [];
  const { least, most } = matchesIn(taken);
  if (least === 0 && most === Number.POSITIVE_INFINITY) return [];
  const sameTerms = sent.terms.filter((term) => {
    const contains = schemaAt(term, 'contains');
    return contains !== undefined && same(contains, demanded);
  });
  const isNever = sizeOf(sent).most <= most;
  const hasMost = isNever || sameTerms.some((term) => matchesIn(term).most <= most);
  const hasLeast =
    least === 0 ||
    sameTerms.some((term) => matchesIn(term).least >= least) ||
    (sizeOf(sent).least >= least && holdsForAll(sent, demanded, context));
  if (hasMost && hasLeast) return [];
  const takes = Number.isFinite(most) ? `${least} to ${most} of them` : `at least ${least}`;
  return context.refuse(
    'contains-differs',
    taken,
    'contains',
    'items of which others match',
    `what contains ${takes}`,
  );
}

function holdsForAll(sent: Shape, demanded: Place, context: Context): boolean {
  const first = Math.max(0, ...sent.terms.map((term) => itemsOf(term).first.length));
  const written = within(asWritten(context), '[]');
  for (let i = 0; i <= first; i++) {
    if (included(itemsAt(sent, i), demanded, written).length > 0) return false;
  }
  return true;
}

function matchesIn(place: Place): { readonly least: number; readonly most: number } {
  if (place.document.dialect === 'draft-07') return { least: 1, most: Number.POSITIVE_INFINITY };
  return {
    least: numberIn(place, 'minContains') ?? 1,
    most: numberIn(place, 'maxContains') ?? Number.POSITIVE_INFINITY,
  };
}

function itemsAt({ terms }: Shape, index: number): readonly Place[] {
  return terms.map((term) => itemAt(term, index)).filter((one) => one !== undefined);
}

function itemAt(place: Place, index: number): Place | undefined {
  const { first, rest } = itemsOf(place);
  return first[index] ?? rest;
}

/** Items of an array shape; where none may follow the first ones, those are the most. */
function sizeOf({ terms }: Shape): { readonly least: number; readonly most: number } {
  const { least, most } = countIn(terms, 'minItems', 'maxItems');
  const closed = terms.map(itemsOf).filter(({ rest }) => rest?.schema === false);
  return { least, most: Math.min(most, ...closed.map(({ first }) => first.length)) };
}
