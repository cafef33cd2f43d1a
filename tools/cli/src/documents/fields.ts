import type { JsonSchema } from '@troupe/contract';
import { limitsOf } from './limits.ts';

/** A field of a message, as its page shows it. */
export interface Field {
  /** `orderId`, `customer.name`, `lines[].sku` */
  readonly path: string;
  /** `string`, `Customer`, `array of OrderLine`, `string or null` */
  readonly type: string;
  /** Whether the object that has it must have it. */
  readonly required: boolean;
  /** What its values must be besides: `1 to 200 characters`. */
  readonly limits: readonly string[];
  readonly description: string | undefined;
  readonly examples: readonly unknown[];
  readonly deprecated: boolean;
  /** `x-troupe-sensitive`: not to be shown to everyone. */
  readonly sensitive: boolean;
  /** `x-troupe-business-key`: people know what the message is about by it. */
  readonly businessKey: boolean;
}

/** The fields of a contract's schema, those of nested classes under the one that nests them; a class in itself once. */
export function fieldsOf(root: JsonSchema): Field[] {
  return fieldsIn(root, root, '', ['#']);
}

function fieldsIn(schema: JsonSchema, root: JsonSchema, prefix: string, inside: readonly string[]): Field[] {
  const properties = (schema.properties ?? {}) as Readonly<Record<string, JsonSchema>>;
  const required = new Set(schema.required as readonly string[] | undefined);
  return Object.entries(properties).flatMap(([name, property]) => {
    const path = `${prefix}${name}`;
    const shape = shapeOf(property);
    return [
      { path, type: typeOf(shape, root), required: required.has(name), ...said(shape, root) },
      ...nestedIn(shape, root, path, inside),
    ];
  });
}

/** Fields of the classes that a value is of, or its items. */
function nestedIn(shape: Shape, root: JsonSchema, path: string, inside: readonly string[]): Field[] {
  return [
    ...shape.references
      .filter((reference) => !inside.includes(reference))
      .flatMap((reference) => fieldsIn(resolved(reference, root), root, `${path}.`, [...inside, reference])),
    ...shape.items.flatMap((items) => nestedIn(shapeOf(items), root, `${path}[]`, inside)),
  ];
}

/** A schema and all that it says by way of `allOf` and `anyOf`, side by side. */
interface Shape {
  readonly parts: readonly JsonSchema[];
  readonly references: readonly string[];
  readonly items: readonly JsonSchema[];
  readonly types: readonly string[];
}

function shapeOf(schema: JsonSchema): Shape {
  const parts = partsOf(schema);
  return {
    parts,
    references: [...new Set(parts.flatMap(({ $ref }) => (typeof $ref === 'string' ? [$ref] : [])))],
    items: parts.flatMap(({ items }) => (items === undefined ? [] : [items as JsonSchema])),
    types: [...new Set(parts.flatMap(typesOf))],
  };
}

/** The types that a schema names, or else those of the values that it names. */
function typesOf({ type, enum: values, const: value }: JsonSchema): string[] {
  if (type !== undefined) return [type].flat() as string[];
  const named = Array.isArray(values) ? (values as unknown[]) : value === undefined ? [] : [value];
  return named.map((one) => (one === null ? 'null' : typeof one));
}

/** Where one object is asked for, class-validator takes arrays of it, too (`….list`): nobody means that. */
function partsOf(schema: JsonSchema): JsonSchema[] {
  const alternatives = ((schema.anyOf ?? []) as JsonSchema[]).filter(
    ({ $ref }) => typeof $ref !== 'string' || !$ref.endsWith('.list'),
  );
  return [schema, ...((schema.allOf ?? []) as JsonSchema[]), ...alternatives].flatMap((part) =>
    part === schema ? [part] : partsOf(part),
  );
}

function typeOf({ references, items, types }: Shape, root: JsonSchema): string {
  const named = references.map((reference) => nameOf(reference, root));
  const listed = items.map((one) => `array of ${typeOf(shapeOf(one), root)}`);
  const plain = types.filter(
    (type) => !(type === 'array' && listed.length > 0) && !(type === 'object' && named.length > 0),
  );
  return [...new Set([...named, ...listed, ...plain])].join(' or ') || 'anything';
}

function said(
  { parts, references, items }: Shape,
  root: JsonSchema,
): Omit<Field, 'path' | 'type' | 'required'> {
  const has = (keyword: string): boolean =>
    parts.some((part) => part[keyword] !== undefined && part[keyword] !== false);
  // A class says what it is where its fields do not.
  const classes = references.map((reference) => resolved(reference, root));
  return {
    limits: [...parts.flatMap(limitsOf), ...items.flatMap((one) => limitsOfItems(one, root))],
    description: [...parts, ...classes]
      .map(({ description }) => description)
      .find((one) => typeof one === 'string'),
    examples: parts.flatMap(({ examples }) => (Array.isArray(examples) ? (examples as unknown[]) : [])),
    deprecated: has('deprecated'),
    sensitive: has('x-troupe-sensitive'),
    businessKey: has('x-troupe-business-key'),
  };
}

/** Of items that are no objects; those have fields of their own. */
function limitsOfItems(items: JsonSchema, root: JsonSchema): string[] {
  return said(shapeOf(items), root).limits.map((limit) => `each ${limit}`);
}

function resolved(reference: string, root: JsonSchema): JsonSchema {
  if (reference === '#') return root;
  const definitions = (root.$defs ?? {}) as Readonly<Record<string, JsonSchema>>;
  return definitions[reference.slice('#/$defs/'.length)] ?? {};
}

function nameOf(reference: string, root: JsonSchema): string {
  return reference === '#' ? String(root.title) : reference.slice('#/$defs/'.length);
}
