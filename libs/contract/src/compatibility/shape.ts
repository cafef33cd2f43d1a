import { isDeepStrictEqual } from 'node:util';
import { all, branchesOf, conditionsOf } from './branches.ts';
import { keywordsOf, listIn, type Place, saidAt } from './place.ts';

/** The types of JSON values. */
export type JsonType = 'null' | 'boolean' | 'number' | 'string' | 'array' | 'object';

/**
 * Values of one type that may be sent: what all its terms say, or less. What may be sent at a place is in one of the
 * place's shapes; so a shape may take in more than is sent, and never less.
 */
export interface Shape {
  readonly type: JsonType;
  /** Whole numbers only. */
  readonly isInteger: boolean;
  /** The only value, where there is but one. */
  readonly value?: { readonly is: unknown };
  /** Every schema that holds for it, combinations resolved: with `anyOf`, the place itself and one of its branches. */
  readonly terms: readonly Place[];
  /** Terms of the other branches, and of conditions, which may name more of its properties. */
  readonly beside: readonly (readonly Place[])[];
}

/**
 * The shapes of what may be sent where all the schemas hold. None, when nothing can be.
 * @throws SchemaTooLargeError when there are more than 250 branches
 */
export function shapesOf(places: readonly Place[]): readonly Shape[] {
  const branches = all(places.map((place) => branchesOf(place)));
  const besides = [...branches, ...branches.flatMap((terms) => terms.flatMap(conditionsOf))];
  return branches.flatMap((terms) => {
    const beside = besides.filter((other) => other !== terms);
    return shapesIn(terms).map((shape) => ({ ...shape, beside }));
  });
}

function shapesIn(terms: readonly Place[]): Omit<Shape, 'beside'>[] {
  const values = valuesOf(terms);
  if (values) return values.flatMap((value) => shapeOfValue(value, terms));
  return TYPES.filter((type) => terms.every((term) => allows(term, type))).flatMap((type) => {
    const isInteger = type === 'number' && terms.some((term) => typesOf(term)?.includes('number') === false);
    if (type === 'null') return shapeOfValue(null, terms);
    if (type === 'boolean') return [true, false].flatMap((value) => shapeOfValue(value, terms));
    return [{ type, isInteger, terms }];
  });
}

const TYPES: readonly JsonType[] = ['null', 'boolean', 'number', 'string', 'array', 'object'];

/** The values that every `const` and `enum` has; undefined when there is none of these. */
function valuesOf(terms: readonly Place[]): readonly unknown[] | undefined {
  const lists = terms.flatMap((term) => {
    const keywords = keywordsOf(term);
    return [
      ...('const' in keywords ? [[keywords.const]] : []),
      ...(Array.isArray(keywords.enum) ? [keywords.enum as unknown[]] : []),
    ];
  });
  const [first, ...rest] = lists;
  return first?.filter((value) =>
    rest.every((list) => list.some((other) => isDeepStrictEqual(value, other))),
  );
}

function shapeOfValue(value: unknown, terms: readonly Place[]): Omit<Shape, 'beside'>[] {
  const type = typeOf(value);
  if (!terms.every((term) => allows(term, type, value))) return [];
  const [term] = terms;
  const said = term && typeof value === 'object' && value !== null ? [saidOf(value, term)] : [];
  return [{ type, isInteger: Number.isInteger(value), value: { is: value }, terms: [...terms, ...said] }];
}

/** The schema of one list or object. */
function saidOf(value: object, term: Place): Place {
  const why = JSON.stringify(value);
  if (Array.isArray(value)) {
    const items = value.map((item) => ({ const: item }));
    const first =
      term.document.dialect === '2020-12'
        ? { prefixItems: items, items: false }
        : { items, additionalItems: false };
    return saidAt(term, { ...first, minItems: items.length, maxItems: items.length }, why);
  }
  const properties = Object.fromEntries(Object.entries(value).map(([name, item]) => [name, { const: item }]));
  return saidAt(term, { properties, required: Object.keys(value), additionalProperties: false }, why);
}

/** The properties that are always there. */
export function requiredOf({ terms }: Shape): ReadonlySet<string> {
  return new Set(terms.flatMap((term) => listIn(term, 'required')));
}

/** The JSON type of a value. */
export function typeOf(value: unknown): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return typeof value as JsonType;
}

/** What `type` names, or undefined. */
export function typesOf(place: Place): readonly string[] | undefined {
  const { type } = keywordsOf(place);
  return type === undefined ? undefined : ([type].flat() as string[]);
}

function allows(term: Place, type: JsonType, value?: unknown): boolean {
  const types = typesOf(term);
  if (types === undefined || types.includes(type)) return true;
  return type === 'number' && types.includes('integer') && (value === undefined || Number.isInteger(value));
}
