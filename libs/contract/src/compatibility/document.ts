import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { SchemaInvalidError } from '../error.ts';
import type { JsonSchema } from '../json-schema.ts';
import { pointer as below } from '../violation.ts';
import { copyOf } from './copy.ts';
import type { Place } from './place.ts';

/** The dialects that are read. */
export type Dialect = 'draft-07' | '2020-12';

/** Which of two versions a schema is. */
export type Side = 'previous' | 'next';

/** One schema as it was given, with what its references point to. */
export interface SchemaDocument {
  readonly side: Side;
  readonly dialect: Dialect;
  readonly root: Place;
  /** The place that a `$ref` in this document means; undefined for one outside it, or that is not there. */
  target(from: Place): Place | undefined;
}

/**
 * Reads a schema.
 * @throws SchemaInvalidError when it is no schema of a known dialect
 * @throws SchemaTooLargeError when it is larger than 10 MiB or nested deeper than 256
 */
export function documentOf(schema: unknown, side: Side): SchemaDocument {
  if (
    typeof schema !== 'boolean' &&
    (typeof schema !== 'object' || schema === null || Array.isArray(schema))
  ) {
    throw new SchemaInvalidError('', `a schema is an object or a boolean, not ${kindOf(schema)}`);
  }
  const copy = copyOf(schema) as JsonSchema | boolean;
  const dialect = dialectOf(copy);
  assertWritten(copy, dialect);
  const { resources, bases } = indexOf(copy);
  const document: SchemaDocument = {
    side,
    dialect,
    get root() {
      return { document, pointer: '', schema: copy };
    },
    target({ schema: from }) {
      const reference = typeof from === 'object' ? from.$ref : undefined;
      if (typeof reference !== 'string' || typeof from !== 'object') return undefined;
      const found = locate(reference, bases.get(from) ?? HERE, resources);
      return found && { document, ...found };
    },
  };
  return document;
}

interface Located {
  readonly pointer: string;
  readonly schema: JsonSchema | boolean;
}

/** Stands for the address of a schema without `$id`. */
const HERE = 'schema://here/';

function dialectOf(schema: JsonSchema | boolean): Dialect {
  const said = typeof schema === 'object' ? schema.$schema : undefined;
  if (said === undefined) return '2020-12';
  const known = typeof said === 'string' ? DIALECTS.get(said.replace(/#$/, '')) : undefined;
  if (known) return known;
  throw new SchemaInvalidError('/$schema', `${JSON.stringify(said)} is neither draft-07 nor 2020-12`);
}

const DIALECTS: ReadonlyMap<string, Dialect> = new Map([
  ['http://json-schema.org/draft-07/schema', 'draft-07'],
  ['https://json-schema.org/draft/2020-12/schema', '2020-12'],
]);

function assertWritten(schema: JsonSchema | boolean, dialect: Dialect): void {
  if (typeof schema === 'boolean') return;
  const options = { strict: false, validateFormats: false, logger: false } as const;
  metas[dialect] ??= dialect === 'draft-07' ? new Ajv(options) : new Ajv2020(options);
  if (metas[dialect].validateSchema(schema)) return;
  const [fault] = metas[dialect].errors ?? [];
  throw new SchemaInvalidError(fault?.instancePath ?? '', fault?.message ?? `is no ${dialect} schema`);
}

const metas: Partial<Record<Dialect, Ajv>> = {};

/** Every address of the document, and the base of every object in it. */
function indexOf(root: JsonSchema | boolean) {
  const resources = new Map<string, Located>([[HERE, { pointer: '', schema: root }]]);
  const bases = new Map<object, string>();
  const visit = (value: unknown, pointer: string, around: string, isNamed: boolean): void => {
    if (typeof value !== 'object' || value === null) return;
    let base = around;
    if (!Array.isArray(value)) {
      const schema = value as JsonSchema;
      const { $id, $anchor } = schema;
      const address =
        typeof $id === 'string' && typeof schema.$ref !== 'string' ? addressOf($id, around) : undefined;
      if (address !== undefined) {
        if (!address.includes('#')) base = address;
        resources.set(address, { pointer, schema });
      }
      if (typeof $anchor === 'string') resources.set(`${base}#${$anchor}`, { pointer, schema });
      bases.set(value, base);
    }
    for (const [key, item] of Object.entries(value)) {
      if (isNamed || !VALUES.has(key)) visit(item, below(pointer, key), base, !isNamed && NAMED.has(key));
    }
  };
  visit(root, '', HERE, false);
  return { resources, bases };
}

/** Keywords that hold values and no schemas. */
const VALUES: ReadonlySet<string> = new Set(['enum', 'const', 'default', 'examples']);
/** Keywords that hold schemas by names of their own. */
const NAMED: ReadonlySet<string> = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'dependencies',
]);

function locate(
  reference: string,
  base: string,
  resources: ReadonlyMap<string, Located>,
): Located | undefined {
  const address = addressOf(reference, base);
  if (address === undefined) return undefined;
  const whole = resources.get(address);
  if (whole) return whole;
  const [resource = '', fragment = ''] = address.split('#', 2);
  const found = resources.get(resource);
  if (!found || !(fragment === '' || fragment.startsWith('/'))) return undefined;
  try {
    return follow(found, decodeURIComponent(fragment));
  } catch {
    return undefined; // a broken percent sign
  }
}

function follow({ pointer, schema }: Located, path: string): Located | undefined {
  let at: unknown = schema;
  for (const segment of path.split('/').slice(1)) {
    const key = segment.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as JsonSchema)[key];
  }
  const isSchema = typeof at === 'boolean' || (typeof at === 'object' && at !== null && !Array.isArray(at));
  return isSchema ? { pointer: pointer + path, schema: at as JsonSchema | boolean } : undefined;
}

function addressOf(reference: string, base: string): string | undefined {
  return URL.canParse(reference, base) ? new URL(reference, base).href.replace(/#$/, '') : undefined;
}

function kindOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'an array' : `a ${typeof value}`;
}
