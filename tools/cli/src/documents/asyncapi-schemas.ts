import type { JsonSchema } from '@troupe/contract';

/** Where a contract's schema, or one of its definitions, stands in an AsyncAPI document. */
export function schemaPointer(id: string, definition?: string): string {
  return `#/components/schemas/${nameOf(id, definition)}`;
}

/**
 * A contract's schema and its definitions as components. References are of the whole document there, and a schema
 * says nothing beside a reference (JSON Schema draft 7, which AsyncAPI's own schema object extends): so what stands
 * beside one is put under `allOf` with it.
 */
export function asyncApiSchemas(id: string, schema: JsonSchema): [name: string, schema: JsonSchema][] {
  const { $schema: _, $id: __, $defs = {}, ...root } = schema;
  return [
    [nameOf(id), moved(root, id)],
    ...Object.entries($defs as Readonly<Record<string, JsonSchema>>).map(
      ([name, definition]): [string, JsonSchema] => [nameOf(id, name), moved(definition, id)],
    ),
  ];
}

function nameOf(id: string, definition?: string): string {
  return definition === undefined ? id : `${id}.${definition}`;
}

/** Keywords whose value is data, not a schema. */
const DATA: ReadonlySet<string> = new Set(['const', 'enum', 'examples', 'default', 'required']);
/** Keywords whose value is a schema for each of some names. */
const BY_NAME: ReadonlySet<string> = new Set(['properties', 'patternProperties']);

function moved(schema: JsonSchema, id: string): JsonSchema {
  const { $ref, ...others } = schema;
  const rest = Object.fromEntries(
    Object.entries(others).map(([keyword, value]) => [keyword, movedValue(keyword, value, id)]),
  );
  if (typeof $ref !== 'string') return rest;
  const reference = {
    $ref: $ref === '#' ? schemaPointer(id) : schemaPointer(id, $ref.slice('#/$defs/'.length)),
  };
  if (Object.keys(rest).length === 0) return reference;
  return { ...rest, allOf: [reference, ...((rest.allOf as JsonSchema[] | undefined) ?? [])] };
}

function movedValue(keyword: string, value: unknown, id: string): unknown {
  if (DATA.has(keyword) || keyword.startsWith('x-')) return value;
  if (Array.isArray(value)) return value.map((one) => (isSchema(one) ? moved(one, id) : one));
  if (!isSchema(value)) return value;
  if (!BY_NAME.has(keyword)) return moved(value, id);
  return Object.fromEntries(
    Object.entries(value).map(([name, one]) => [name, isSchema(one) ? moved(one, id) : one]),
  );
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
