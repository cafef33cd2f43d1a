import { SchemaInvalidError, SchemaTooLargeError } from '../error.ts';
import { DEEPEST } from './copy.ts';
import type { SchemaDocument } from './document.ts';
import { dependentSchemas, keywordsOf, type Place, schemaAt, schemasIn } from './place.ts';

/** Branches of one place, beyond which it is not read. */
const MOST_BRANCHES = 250;

/** The combinations of a place, each as the list of schemas that hold together. */
export function branchesOf(place: Place): Branches {
  if (place.schema === true) return [[]];
  if (place.schema === false) return [];
  const known = branchesIn.get(place.document) ?? new Map<string, Branches>();
  branchesIn.set(place.document, known);
  const branches = known.get(place.pointer) ?? combined(place);
  known.set(place.pointer, branches);
  return branches;
}

/** Alternatives, each the list of schemas that hold together. */
export type Branches = readonly (readonly Place[])[];

const branchesIn = new WeakMap<SchemaDocument, Map<string, Branches>>();

function combined(place: Place): Branches {
  const target = place.document.target(place);
  const one = [...(target ? [target] : []), ...schemasIn(place, 'allOf')].map(branchesOf);
  const some = ['anyOf', 'oneOf']
    .filter((keyword) => keyword in keywordsOf(place))
    .map((keyword) => schemasIn(place, keyword).flatMap(branchesOf));
  return all([[[place]], ...one, ...some]);
}

/**
 * Every way of taking one branch of each choice.
 * @throws SchemaTooLargeError when there are more than 250
 */
export function all(choices: readonly Branches[]): Branches {
  let branches: Branches = [[]];
  for (const choice of choices) {
    if (branches.length * choice.length > MOST_BRANCHES) {
      throw new SchemaTooLargeError(`its combinations have more than ${MOST_BRANCHES} branches`);
    }
    branches = branches.flatMap((terms) => choice.map((more) => together(terms, more)));
  }
  return branches;
}

function together(terms: readonly Place[], more: readonly Place[]): readonly Place[] {
  const known = new Set(terms.map(({ document, pointer }) => `${document.side}${pointer}`));
  return [...terms, ...more.filter(({ document, pointer }) => !known.has(`${document.side}${pointer}`))];
}

/** What holds on a condition may name properties. */
export function conditionsOf(term: Place): readonly (readonly Place[])[] {
  const conditions = ['if', 'then', 'else'].map((keyword) => schemaAt(term, keyword));
  return [...conditions, ...dependentSchemas(term).values()].flatMap((one) => (one ? branchesOf(one) : []));
}

/**
 * Refuses a schema that holds for a value when it itself does, which says nothing.
 * @param founded pointers that are known to lead back to nothing; grows
 * @throws SchemaInvalidError naming the place that leads back to itself
 * @throws SchemaTooLargeError when more than 256 schemas refer to one another for one value
 */
export function assertFounded(place: Place, founded: Set<string>, around: readonly string[] = []): void {
  const { document, pointer } = place;
  if (founded.has(document.side + pointer)) return;
  if (around.includes(pointer)) {
    throw new SchemaInvalidError(pointer, 'it refers to itself and says nothing of any value');
  }
  if (around.length > DEEPEST)
    throw new SchemaTooLargeError(`more than ${DEEPEST} references follow one another`);
  const held = ['not', 'if', 'then', 'else'].map((keyword) => schemaAt(place, keyword));
  const listed = ['allOf', 'anyOf', 'oneOf'].flatMap((keyword) => schemasIn(place, keyword));
  for (const next of [document.target(place), ...held, ...listed, ...dependentSchemas(place).values()]) {
    if (next) assertFounded(next, founded, [...around, pointer]);
  }
  founded.add(document.side + pointer);
}
