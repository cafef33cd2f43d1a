import { accepted, asWritten, type Context, type Rule } from './comparison.ts';
import { contentOf, mayBeThere } from './content.ts';
import type { Finding } from './finding.ts';
import { dependentNames, dependentSchemas, keywordsOf, type Place } from './place.ts';
import { same } from './sameness.ts';
import { requiredOf, type Shape } from './shape.ts';

/** Keywords of objects that ask for more where a property is there. */
export const DEPENDENCIES: readonly Rule[] = [
  { keywords: ['dependentRequired', 'dependencies'], type: 'object', findings: dependentNamesSent },
  { keywords: ['dependentSchemas', 'dependencies'], type: 'object', findings: dependentSchemasHeld },
];

function dependentNamesSent(sent: Shape, taken: Place, context: Context): readonly Finding[] {
  const there = requiredOf(sent);
  const content = contentOf(sent, context.comparison.isSentClosed);
  return [...dependentNames(taken)].flatMap(([name, needed]) => {
    if (!mayBeThere(content, name)) return [];
    const promised = sent.terms.flatMap((term) => dependentNames(term).get(name) ?? []);
    const missing = needed.filter(
      (other) => other !== name && !there.has(other) && !promised.includes(other),
    );
    if (missing.length === 0) return [];
    const keyword = 'dependentRequired' in keywordsOf(taken) ? 'dependentRequired' : 'dependencies';
    return context.refuse(
      'dependency-differs',
      taken,
      keyword,
      `${name} alone`,
      `${name} only with ${missing.join(', ')}`,
    );
  });
}

function dependentSchemasHeld(sent: Shape, taken: Place, context: Context): readonly Finding[] {
  const content = contentOf(sent, context.comparison.isSentClosed);
  return [...dependentSchemas(taken)].flatMap(([name, demanded]) => {
    if (!mayBeThere(content, name)) return [];
    const promised = sent.terms.map((term) => dependentSchemas(term).get(name));
    if (promised.some((one) => one && same(one, demanded))) return [];
    if (accepted(sent, demanded, asWritten(context)).length === 0) return [];
    return context.refuse(
      'condition-differs',
      demanded,
      '',
      `${name} with other fields`,
      `${name} only as this schema says`,
    );
  });
}
