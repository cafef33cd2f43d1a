import { countIn } from './bounds.ts';
import { type Context, included, type Rule, within } from './comparison.ts';
import { type Content, contentOf, demandsOf, mayBeThere, type Property } from './content.ts';
import type { Finding } from './finding.ts';
import {
  isAlone,
  keywordsOf,
  listIn,
  namesIn,
  numberIn,
  type Place,
  saidAt,
  schemaAt,
  schemaNamed,
} from './place.ts';
import { requiredOf, type Shape } from './shape.ts';

/** Keywords of objects. */
export const OBJECTS: readonly Rule[] = [
  { keywords: ['required'], type: 'object', findings: requiredSent },
  {
    keywords: ['properties', 'patternProperties', 'additionalProperties', 'unevaluatedProperties'],
    type: 'object',
    findings: propertiesTaken,
  },
  { keywords: ['propertyNames'], type: 'object', findings: namesTaken },
  {
    keywords: ['minProperties'],
    type: 'object',
    findings: (sent, taken, context) => {
      const demanded = numberIn(taken, 'minProperties') ?? 0;
      const least = Math.max(
        countIn(sent.terms, 'minProperties', 'maxProperties').least,
        requiredOf(sent).size,
      );
      if (least >= demanded) return [];
      return context.refuse(
        'too-few-properties',
        taken,
        'minProperties',
        `${least} properties`,
        `at least ${demanded}`,
      );
    },
  },
  {
    keywords: ['maxProperties'],
    type: 'object',
    findings: (sent, taken, context) => {
      const demanded = numberIn(taken, 'maxProperties') ?? Number.POSITIVE_INFINITY;
      const most = Math.min(
        countIn(sent.terms, 'minProperties', 'maxProperties').most,
        mostNamed(sent, context),
      );
      if (most <= demanded) return [];
      const sends = Number.isFinite(most) ? `${most} properties` : 'any number of properties';
      return context.refuse('too-many-properties', taken, 'maxProperties', sends, `at most ${demanded}`);
    },
  },
  {
    keywords: ['unevaluatedProperties'],
    type: 'object',
    findings: (_, taken, context) => {
      const { unevaluatedProperties } = keywordsOf(taken);
      if (unevaluatedProperties === true || isAlone(taken)) return [];
      if (unevaluatedProperties === false && context.comparison.isTakenOpen) return [];
      return context.refuse(
        'unevaluated-differs',
        taken,
        'unevaluatedProperties',
        'properties that nothing names',
        'what unevaluatedProperties says, which is compared only where the whole schema around it is the same',
      );
    },
  },
];

function requiredSent(sent: Shape, taken: Place, context: Context): readonly Finding[] {
  const there = requiredOf(sent);
  return listIn(taken, 'required')
    .filter((name) => !there.has(name))
    .flatMap((name) => {
      const property = schemaNamed(taken, 'properties', name);
      const fallback = property && keywordsOf(property).default;
      if (!property || fallback === undefined || !context.isFilled) {
        return context.refuse('property-missing', taken, 'required', `no ${name}`, `only what has ${name}`);
      }
      const filled = saidAt(property, { const: fallback }, 'default');
      if (included([filled], property, within(context, name)).length === 0) return [];
      return context.refuse(
        'default-refused',
        taken,
        'required',
        `no ${name}`,
        `a ${name}, whose default it refuses`,
      );
    });
}

function propertiesTaken(sent: Shape, taken: Place, context: Context): readonly Finding[] {
  const content = contentOf(sent, context.comparison.isSentClosed);
  const names = new Set([...content.names, ...namesIn(taken, 'properties')]);
  const properties: Property[] = [
    ...[...names].map((name) => ({ name })),
    ...content.patterns.map((pattern) => ({ pattern })),
    { rest: true },
  ];
  return properties.flatMap((property) => propertyTaken(property, content, taken, context));
}

function propertyTaken(
  property: Property,
  content: Content,
  taken: Place,
  context: Context,
): readonly Finding[] {
  const demands = demandsOf(taken, property, content, context.comparison.isTakenOpen);
  const part = 'name' in property ? property.name : 'pattern' in property ? `/${property.pattern}/` : '*';
  const inside = { ...within(context, part), isFilled: context.isFilled && demands.length === 1 };
  return content.valuesOf(property).flatMap((values) =>
    demands.flatMap((demand) => {
      const findings = included(values, demand, inside);
      if (findings.length === 0) return [];
      if (demand.schema === false) {
        return context.refuse(
          'property-removed-from-closed-content-model',
          demand,
          '',
          `"${part}"`,
          'no such property',
        );
      }
      if (content.isDeclared(property) || values.length > 0) return findings;
      return context.refuse(
        'property-added-to-open-content-model',
        demand,
        '',
        `anything as "${part}", which it does not declare and does not forbid`,
        'only what its schema says',
      );
    }),
  );
}

function namesTaken(sent: Shape, taken: Place, context: Context): readonly Finding[] {
  const demanded = schemaAt(taken, 'propertyNames');
  if (!demanded) return [];
  const content = contentOf(sent, context.comparison.isSentClosed);
  const said = sent.terms.map((term) => schemaAt(term, 'propertyNames')).filter((one) => one !== undefined);
  const isThere = (property: Property) =>
    content.valuesOf(property).some((values) => values.every(({ schema }) => schema !== false));
  const kinds = [
    ...content.names.filter((name) => isThere({ name })).map((name) => ({ const: name })),
    ...content.patterns
      .filter((pattern) => isThere({ pattern }))
      .map((pattern) => ({ type: 'string', pattern })),
    ...(isThere({ rest: true }) ? [{ type: 'string' }] : []),
  ];
  const refused = kinds.filter((kind, i) => {
    const names = [...said, saidAt(taken, kind, `name ${i}`)];
    return included(names, demanded, { ...within(context, ''), isFilled: false }).length > 0;
  });
  if (refused.length === 0) return [];
  const sends = refused.map((kind) => ('const' in kind ? `"${kind.const}"` : 'other names')).join(', ');
  return context.refuse('name-refused', taken, 'propertyNames', sends, 'only the names of propertyNames');
}

/** How many properties there can be, by their names alone. */
function mostNamed(sent: Shape, context: Context): number {
  const content = contentOf(sent, context.comparison.isSentClosed);
  const isMore = [{ rest: true } as const, ...content.patterns.map((pattern) => ({ pattern }))].some(
    (property) => content.valuesOf(property).some((values) => values.every(({ schema }) => schema !== false)),
  );
  return isMore ? Number.POSITIVE_INFINITY : content.names.filter((name) => mayBeThere(content, name)).length;
}
