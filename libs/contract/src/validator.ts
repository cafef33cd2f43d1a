import { explain } from './explanation.ts';
import type { JsonSchema } from './json-schema.ts';
import type { Violation } from './violation.ts';

/** What checks a class's values: the compiled JSON Schema, or class-validator itself. */
export type Enforcement = 'compiled' | 'class-validator';

/** What happens to fields the class does not name, at every nested level. */
export type UnknownFields = 'refuse' | 'keep';

/** One side of a class: the schema and its check. */
export interface Side {
  readonly schema: JsonSchema;
  readonly violations: (value: unknown) => readonly Violation[];
}

/** A class, compiled for both sides. */
export interface Compiled {
  readonly fields: readonly string[];
  readonly enforcement: Enforcement;
  readonly fallbackReasons: readonly string[];
  readonly closed: Side;
  readonly open: Side;
}

export function compile(cls: new () => object, annotations: JsonSchema): Compiled {
  const schema = { ...annotations, type: 'object' };
  return {
    fields: [],
    enforcement: 'class-validator',
    fallbackReasons: [],
    closed: { schema, violations: (value) => explain(cls, value, 'refuse') },
    open: { schema, violations: (value) => explain(cls, value, 'keep') },
  };
}
