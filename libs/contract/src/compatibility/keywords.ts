import { isDeepStrictEqual } from 'node:util';
import { RULES } from '../schema/rules.ts';
import type { Context } from './comparison.ts';
import type { Finding } from './finding.ts';
import { dependentSchemas, keywordsOf, type Place, schemaAt, schemasIn } from './place.ts';
import type { Shape } from './shape.ts';

/** Keywords that say nothing of values. */
export const MEANINGLESS: ReadonlySet<string> = new Set([
  '$schema',
  '$id',
  '$anchor',
  '$vocabulary',
  '$comment',
  '$defs',
  'definitions',
  'title',
  'description',
  'default',
  'examples',
  'deprecated',
  'readOnly',
  'writeOnly',
  'contentMediaType',
  'contentEncoding',
  'contentSchema',
]);

/** The keywords of our own that are enforced: `x-isEmail`. Every other keyword that begins with `x-` is a remark. */
export const CHECKS: readonly string[] = RULES.flatMap(({ keyword }) => keyword?.name ?? []).filter((name) =>
  name.startsWith('x-'),
);

/** Whether a keyword is somebody's own remark. */
export function isRemark(keyword: string): boolean {
  return keyword.startsWith('x-') && keyword !== 'x-flags' && !CHECKS.includes(keyword);
}

/** Keywords of references that are followed to nowhere. */
const DYNAMIC = ['$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$recursiveAnchor'];

/** Readers fill in defaults while they check; so only where nothing else says something of the same value. */
export function isFilledAt(keywords: readonly string[]): boolean {
  const said = keywords.filter((keyword) => !MEANINGLESS.has(keyword) && !isRemark(keyword));
  return said.every((keyword) => keyword === '$ref') || said.every((keyword) => FILLED.has(keyword));
}

/** Keywords that a property filled in from its default cannot break. */
const FILLED: ReadonlySet<string> = new Set(
  'type properties required additionalProperties minProperties items prefixItems minItems maxItems'.split(
    ' ',
  ),
);

/** What nobody can read: unknown keywords that one side has and the other has not, references that lead nowhere. */
export function unknownIn(sent: readonly Shape[], taken: Place, context: Context): readonly Finding[] {
  const ours = around([taken], new Map());
  const theirs = around(
    sent.flatMap(({ terms }) => terms),
    new Map(),
  );
  const lost = [...theirs, ...ours].filter(([, place]) => leadsNowhere(place));
  const onlyTheirs = unlike(theirs, ours);
  return [
    ...lost.flatMap(([, place]) =>
      context.refuse(
        'reference-unresolved',
        taken,
        '',
        `what ${JSON.stringify(referenceOf(place))} says`,
        'what is in its own schema: references are followed within it alone',
      ),
    ),
    ...onlyTheirs.flatMap((keyword) =>
      context.refuse(
        'keyword-unknown',
        taken,
        '',
        `what "${keyword}" says, which is no known keyword`,
        'nothing like it',
      ),
    ),
    ...unlike(ours, theirs).flatMap((keyword) =>
      context.refuse(
        'keyword-unknown',
        taken,
        '',
        'nothing like it',
        `what "${keyword}" says, which is no known keyword`,
      ),
    ),
  ];
}

/** The places that say something of the same value. */
function around(places: readonly Place[], found: Map<string, Place>): Map<string, Place> {
  for (const place of places) {
    if (found.has(place.pointer)) continue;
    found.set(place.pointer, place);
    const held = ['not', 'if', 'then', 'else'].map((keyword) => schemaAt(place, keyword));
    const listed = ['allOf', 'anyOf', 'oneOf'].flatMap((keyword) => schemasIn(place, keyword));
    const next = [place.document.target(place), ...held, ...listed, ...dependentSchemas(place).values()];
    around(
      next.filter((one) => one !== undefined),
      found,
    );
  }
  return found;
}

function leadsNowhere(place: Place): boolean {
  const keywords = keywordsOf(place);
  if (DYNAMIC.some((keyword) => keyword in keywords)) return true;
  return '$ref' in keywords && place.document.target(place) === undefined;
}

function referenceOf(place: Place): unknown {
  const keywords = keywordsOf(place);
  return [...DYNAMIC, '$ref'].map((keyword) => keywords[keyword]).find((one) => one !== undefined);
}

/** Unknown keywords of some places that none of the others has with the same value. */
function unlike(places: ReadonlyMap<string, Place>, others: ReadonlyMap<string, Place>): readonly string[] {
  return [...places.values()].flatMap((place) =>
    Object.entries(keywordsOf(place))
      .filter(([keyword]) => !isKnown(keyword, place))
      .filter(([keyword, value]) =>
        [...others.values()].every((other) => !isDeepStrictEqual(keywordsOf(other)[keyword], value)),
      )
      .map(([keyword]) => keyword),
  );
}

function isKnown(keyword: string, { document }: Place): boolean {
  if (MEANINGLESS.has(keyword) || keyword.startsWith('x-') || DYNAMIC.includes(keyword)) return true;
  return COMMON.has(keyword) || OF[document.dialect].has(keyword);
}

const COMMON: ReadonlySet<string> = new Set(
  `$ref type const enum format pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf
  items contains minItems maxItems uniqueItems properties patternProperties additionalProperties propertyNames required
  minProperties maxProperties allOf anyOf oneOf not if then else`.split(/\s+/),
);

const OF = {
  'draft-07': new Set(['additionalItems', 'dependencies']),
  '2020-12': new Set(
    'prefixItems minContains maxContains unevaluatedItems unevaluatedProperties dependentRequired dependentSchemas'.split(
      ' ',
    ),
  ),
} as const;
