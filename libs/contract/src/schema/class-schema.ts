import { ContractDefinitionError } from '../error.ts';
import type { JsonSchema } from '../json-schema.ts';
import type { UnknownFields } from '../unknown-fields.ts';
import { assertRuled, defaultIn, SENSITIVE } from './annotated.ts';
import { type MessageClass, shapeOf } from './class-shape.ts';
import { type FieldSchema, fieldSchema } from './field.ts';
import { holdsSensitive, type Reference } from './nesting.ts';

/** A class and all it nests, as one schema for each side. */
export interface ClassSchema {
  readonly fields: readonly string[];
  /** Why class-validator itself has to check the class: one sentence each. Empty when the schema says it all. */
  readonly reasons: readonly string[];
  schema(unknownFields: UnknownFields): JsonSchema;
  /** One schema for both sides: each object's fields stand under the own keyword `KNOWN_FIELDS`. */
  readonly both: () => JsonSchema;
}

/** The keyword of the fields that an object may have where unknown ones are refused; for the check alone. */
export const KNOWN_FIELDS = 'x-known-fields';

/**
 * Reads a class and the classes it nests, itself among them where it is recursive.
 * @throws ContractDefinitionError when one of them cannot be enforced.
 */
export function classSchema(root: MessageClass): ClassSchema {
  const nested = new Map<MessageClass, string>();
  const lists = new Map<string, JsonSchema>();
  const reference = (cls: MessageClass): Reference => {
    const name = nested.get(cls) ?? unusedName(cls, [...nested.values()]);
    nested.set(cls, name);
    const one = { $ref: cls === root ? '#' : `#/$defs/${name}` };
    const list = { $ref: `#/$defs/${name}.list` };
    const listed = () => {
      lists.set(`${name}.list`, { type: 'array', items: { anyOf: [one, list] } });
      return list;
    };
    return { one, list: listed };
  };
  const top = define(root, reference);
  const definitions = new Map<string, Definition>();
  for (const [cls, name] of nested) {
    if (cls !== root) definitions.set(name, define(cls, reference));
  }
  return {
    fields: [...top.fields.keys()],
    reasons: [top, ...definitions.values()].flatMap(({ reasons }) => reasons),
    schema: (unknownFields) => whole(() => ({ additionalProperties: unknownFields === 'keep' })),
    both: () => whole(({ fields }) => ({ [KNOWN_FIELDS]: [...fields.keys()] })),
  };

  function whole(others: (definition: Definition) => JsonSchema): JsonSchema {
    const objects = [...definitions].map(
      ([name, definition]) => [name, objectSchema(definition, others(definition))] as const,
    );
    const $defs = Object.fromEntries([...objects, ...lists]);
    return { ...objectSchema(top, others(top)), ...(nested.size > 0 && { $defs }) };
  }
}

interface Definition {
  /** Whether messages have fields that the class does not show. */
  readonly transformed: boolean;
  /** Whether those may be, or hold, a sensitive one. */
  readonly sensitive: boolean;
  readonly fields: ReadonlyMap<string, FieldSchema>;
  readonly reasons: readonly string[];
}

function define(cls: MessageClass, reference: (nested: MessageClass) => Reference): Definition {
  const { fields, initialised, transformed, reasons } = shapeOf(cls);
  assertRuled(cls, fields);
  const standard = transformed ? defaultIn(cls) : undefined;
  if (standard !== undefined) {
    throw new ContractDefinitionError(
      cls.name,
      `field ${standard} has a default, and @Expose, @Exclude or @Transform in the class change where it would stand`,
    );
  }
  const schemas = new Map<string, FieldSchema>();
  for (const [name, metadata] of fields) {
    const field = fieldSchema(cls, name, metadata, reference);
    schemas.set(name, initialised.has(name) ? { ...field, required: false } : field);
  }
  const all = [...reasons, ...[...schemas.values()].flatMap((field) => field.reasons)];
  return { transformed, sensitive: transformed && holdsSensitive(cls), fields: schemas, reasons: all };
}

/** @param others what is said of fields that it does not name */
function objectSchema({ fields, transformed, sensitive }: Definition, others: JsonSchema): JsonSchema {
  if (transformed) return { type: 'object', ...(sensitive && { [SENSITIVE]: true }) };
  const required = [...fields].filter(([, field]) => field.required).map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries([...fields].map(([name, { schema }]) => [name, schema])),
    ...(required.length > 0 && { required }),
    ...others,
  };
}

function unusedName(cls: MessageClass, taken: readonly string[]): string {
  const name = cls.name.replace(/\W/g, '') || 'Nested';
  for (let n = 1; ; n++) {
    const candidate = n === 1 ? name : `${name}${n}`;
    if (!taken.includes(candidate)) return candidate;
  }
}
