import { accepted, asWritten, type Context, included, type Rule } from './comparison.ts';
import { areDisjoint } from './disjointness.ts';
import type { Finding } from './finding.ts';
import { type Place, schemaAt, schemasIn } from './place.ts';
import { same } from './sameness.ts';
import type { Shape } from './shape.ts';
import { nameOf } from './values.ts';

/** Keywords that put schemas together. */
export const ALTERNATIVES: readonly Rule[] = [
  {
    keywords: ['$ref'],
    findings: (sent, taken, context) => {
      const target = taken.document.target(taken);
      return target ? accepted(sent, target, context) : []; // one that leads nowhere is a finding of its own
    },
  },
  {
    keywords: ['allOf'],
    findings: (sent, taken, context) =>
      schemasIn(taken, 'allOf').flatMap((one) => accepted(sent, one, context)),
  },
  {
    keywords: ['anyOf'],
    findings: (sent, taken, context) => someTaken('anyOf', sent, taken, context).findings,
  },
  { keywords: ['oneOf'], findings: oneTaken },
  {
    keywords: ['not'],
    findings: (sent, taken, context) => {
      const refused = schemaAt(taken, 'not');
      if (!refused || areDisjoint(sent, refused, asWritten(context))) return [];
      const told = sent.terms.map((term) => schemaAt(term, 'not')).filter((one) => one !== undefined);
      if (told.some((one) => same(one, refused))) return [];
      if (told.some((one) => included([refused], one, asWritten(context)).length === 0)) return [];
      return context.refuse(
        'negation-differs',
        taken,
        'not',
        nameOf(sent),
        'nothing of what stands under "not"',
      );
    },
  },
  {
    keywords: ['if'],
    findings: (sent, taken, context) => {
      const branches = ['then', 'else']
        .map((keyword) => schemaAt(taken, keyword))
        .filter((one) => one !== undefined);
      if (sent.terms.some((term) => CONDITION.every((keyword) => isSameAt(keyword, term, taken)))) return [];
      const written = asWritten(context);
      if (branches.every((branch) => accepted(sent, branch, written).length === 0)) return [];
      return context.refuse(
        'condition-differs',
        taken,
        'if',
        'values under another condition',
        'what if, then and else say',
      );
    },
  },
];

const CONDITION = ['if', 'then', 'else'];

function isSameAt(keyword: string, term: Place, taken: Place): boolean {
  const [ours, theirs] = [schemaAt(term, keyword), schemaAt(taken, keyword)];
  return ours === undefined || theirs === undefined ? ours === theirs : same(ours, theirs);
}

interface Choice {
  readonly findings: readonly Finding[];
  /** The branch that takes all. */
  readonly branch?: Place;
}

/** A branch that takes the whole shape. Where only one could, what it refuses is told. */
function someTaken(keyword: string, sent: Shape, taken: Place, context: Context): Choice {
  const inside = { ...context, isFilled: false };
  const branches = schemasIn(taken, keyword);
  const refused: (readonly Finding[])[] = [];
  for (const branch of branches) {
    const findings = accepted(sent, branch, inside);
    if (findings.length === 0) return { findings, branch };
    if (branches.length === 1 || !areDisjoint(sent, branch, inside)) refused.push(findings);
  }
  const [only, ...others] = refused;
  if (only && others.length === 0) return { findings: only };
  const takes = `only what one of ${branches.length} alternatives takes`;
  return { findings: context.refuse('no-alternative-accepts', taken, keyword, nameOf(sent), takes) };
}

/** A branch takes the whole shape, and no other takes anything of it. */
function oneTaken(sent: Shape, taken: Place, context: Context): readonly Finding[] {
  const { findings, branch } = someTaken('oneOf', sent, taken, context);
  if (!branch) return findings;
  const others = schemasIn(taken, 'oneOf').filter(
    (other) => other.pointer !== branch.pointer && !areDisjoint(sent, other, context),
  );
  if (others.length === 0) return [];
  const takes = `what exactly one alternative takes, and ${others.length + 1} of them may take it`;
  return context.refuse('alternative-ambiguous', taken, 'oneOf', nameOf(sent), takes);
}
