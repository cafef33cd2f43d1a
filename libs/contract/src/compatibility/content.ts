import type { JsonSchema } from '../json-schema.ts';
import { areApart, matches } from './names.ts';
import { keywordsOf, listIn, namesIn, type Place, restOf, schemaNamed } from './place.ts';
import { type Shape, shapesOf } from './shape.ts';

/** Properties that are alike: one name, those that match a pattern, or all that no schema names. */
export type Property = { readonly name: string } | { readonly pattern: string } | { readonly rest: true };

/** The properties that an object shape may have, and what may be in them. */
export interface Content {
  /** Whether anything but named properties may be there. */
  readonly isOpen: boolean;
  readonly names: readonly string[];
  readonly patterns: readonly string[];
  /** Whether some schema says what the property holds. */
  isDeclared(property: Property): boolean;
  /** What holds for the value, in each of the ways in which it may be there. None: it is not there. */
  valuesOf(property: Property): readonly (readonly Place[])[];
}

/** @param isClosed what is declared is all that there is; of a shape that declares nothing, anything may be there */
export function contentOf(shape: Shape, isClosed: boolean): Content {
  const { terms, beside } = shape;
  const ways = [terms, ...beside.filter((way) => goTogether(terms, way))];
  const isFree = !isClosed || !terms.some(saysContent);
  const isOpen = isFree || ways.some((way) => way.some(saysRest));
  const declares = (way: readonly Place[], property: Property) =>
    way.some((term) => declaresIn(term, property));
  return {
    isOpen,
    names: [
      ...new Set(
        ways.flat().flatMap((term) => [...namesIn(term, 'properties'), ...listIn(term, 'required')]),
      ),
    ],
    patterns: [...new Set(ways.flat().flatMap((term) => namesIn(term, 'patternProperties')))],
    isDeclared: (property) => declares(terms, property),
    valuesOf: (property) => {
      if (isFree || declares(terms, property)) return [terms.flatMap((term) => valuesIn(term, property))];
      return ways
        .filter((way) => declares(way, property))
        .map((way) => [...terms, ...way].flatMap((term) => valuesIn(term, property)));
    },
  };
}

/** Whether one value may be in both: not when a property that must be there, such as a discriminator, cannot. */
function goTogether(terms: readonly Place[], way: readonly Place[]): boolean {
  const both = [...terms, ...way];
  const required = new Set(both.flatMap((term) => listIn(term, 'required')));
  return [...required].every((name) => shapesOf(both.flatMap((term) => valuesIn(term, { name }))).length > 0);
}

/** Whether a property of the name may be there at all. */
export function mayBeThere(content: Content, name: string): boolean {
  return content.valuesOf({ name }).some((values) => values.every(({ schema }) => schema !== false));
}

/** What a place that reads demands of a property; also where it cannot be told whether it does. */
export function demandsOf(
  taken: Place,
  property: Property,
  sent: Content,
  isOpened: boolean,
): readonly Place[] {
  const own = 'name' in property ? schemaNamed(taken, 'properties', property.name) : undefined;
  const patterns = namesIn(taken, 'patternProperties').filter((pattern) => {
    if ('name' in property) return matches(pattern, property.name) !== false;
    if ('pattern' in property) return !areApart(pattern, property.pattern);
    return !sent.patterns.includes(pattern);
  });
  const isNamed =
    own !== undefined ||
    patterns.some((pattern) =>
      'name' in property
        ? matches(pattern, property.name)
        : 'pattern' in property && pattern === property.pattern,
    );
  const rest = isNamed ? undefined : restOf(taken);
  const demands = [own, ...patterns.map((pattern) => schemaNamed(taken, 'patternProperties', pattern))];
  return [...demands, isOpened && rest?.schema === false ? undefined : rest].filter(
    (one) => one !== undefined,
  );
}

/** What one term says of the value of a property: no more than it surely says. */
function valuesIn(term: Place, property: Property): readonly Place[] {
  const patterns = namesIn(term, 'patternProperties');
  const rest = restOf(term);
  if ('rest' in property) return rest ? [rest] : [];
  if ('pattern' in property) {
    const own = schemaNamed(term, 'patternProperties', property.pattern);
    return own ? [own] : rest && patterns.length === 0 ? [rest] : [];
  }
  const own = schemaNamed(term, 'properties', property.name);
  const matching = patterns.filter((pattern) => matches(pattern, property.name) === true);
  const isRest = !own && patterns.every((pattern) => matches(pattern, property.name) === false);
  const named = matching.map((pattern) => schemaNamed(term, 'patternProperties', pattern));
  return [own, ...named, isRest ? rest : undefined].filter((one) => one !== undefined);
}

function declaresIn(term: Place, property: Property): boolean {
  if (saysRest(term)) return true;
  if ('rest' in property) return false;
  if ('pattern' in property) return schemaNamed(term, 'patternProperties', property.pattern) !== undefined;
  const { name } = property;
  return (
    schemaNamed(term, 'properties', name) !== undefined ||
    listIn(term, 'required').includes(name) ||
    namesIn(term, 'patternProperties').some((pattern) => matches(pattern, name) !== false)
  );
}

function saysContent(term: Place): boolean {
  const keywords = keywordsOf(term);
  return 'properties' in keywords || 'patternProperties' in keywords || saysRest(term);
}

/** Whether a schema says what undeclared properties hold. `true`, `{}` and `false` say nothing of it. */
function saysRest(term: Place): boolean {
  const { additionalProperties, unevaluatedProperties } = keywordsOf(term);
  return [additionalProperties, unevaluatedProperties].some(
    (rest) => typeof rest === 'object' && rest !== null && Object.keys(rest as JsonSchema).length > 0,
  );
}
