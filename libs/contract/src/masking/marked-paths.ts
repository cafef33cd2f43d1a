import type { JsonSchema } from '../json-schema.ts';
import { pointer } from '../violation.ts';

/**
 * The fields that a class's schema marks with a keyword, as paths of names: `/customer/email`. Arrays are looked
 * through, `*` is any name. Where classes hold themselves, the path ends at the field that holds the class again.
 */
export function markedPaths(root: JsonSchema, keyword: string): readonly string[] {
  const found = new Set<string>();
  const visit = (schema: JsonSchema, path: string, seen: ReadonlyMap<string, string>): void => {
    if (schema[keyword] === true) {
      found.add(path);
      return;
    }
    for (const part of [...alternatives(schema), ...parts(schema.items)]) visit(part, path, seen);
    for (const [name, field] of fieldsOf(schema)) visit(field, pointer(path, name), seen);
    const { $ref } = schema;
    if (typeof $ref !== 'string' || !isMarked(root, $ref, keyword)) return;
    const before = seen.get($ref);
    if (before === undefined) visit(resolved(root, $ref), path, new Map([...seen, [$ref, path]]));
    else if (before !== path) found.add(path);
  };
  visit(root, '', new Map([['#', '']]));
  return [...found];
}

/** Whether what a reference stands for marks anything, however deep. */
function isMarked(root: JsonSchema, reference: string, keyword: string): boolean {
  const open = [reference];
  const seen = new Set(open);
  for (let ref = open.pop(); ref !== undefined; ref = open.pop()) {
    const schemas = [resolved(root, ref)];
    for (let schema = schemas.pop(); schema !== undefined; schema = schemas.pop()) {
      if (schema[keyword] === true) return true;
      const fields = fieldsOf(schema).map(([, field]) => field);
      schemas.push(...alternatives(schema), ...parts(schema.items), ...fields);
      const { $ref } = schema;
      if (typeof $ref !== 'string' || seen.has($ref)) continue;
      seen.add($ref);
      open.push($ref);
    }
  }
  return false;
}

function alternatives({ anyOf, allOf, oneOf }: JsonSchema): readonly JsonSchema[] {
  return [anyOf, allOf, oneOf].flatMap((list) => (list as readonly JsonSchema[] | undefined) ?? []);
}

function fieldsOf({ properties, additionalProperties }: JsonSchema): [string, JsonSchema][] {
  const named = Object.entries((properties ?? {}) as Record<string, JsonSchema>);
  return [...named, ...parts(additionalProperties).map((any): [string, JsonSchema] => ['*', any])];
}

function parts(schema: unknown): readonly JsonSchema[] {
  return typeof schema === 'object' && schema !== null ? [schema as JsonSchema] : [];
}

/** `#` is the schema itself, `#/$defs/<name>` one of its definitions. */
export function resolved(root: JsonSchema, reference: string): JsonSchema {
  if (reference === '#') return root;
  const name = reference.slice('#/$defs/'.length);
  return (root.$defs as Record<string, JsonSchema>)[name] ?? {};
}
