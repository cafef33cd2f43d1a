import { inspect } from 'node:util';
import { annotationsOf } from '../authoring/annotation.ts';
import { ContractDefinitionError } from '../error.ts';
import { explain } from '../explanation.ts';
import type { JsonSchema } from '../json-schema.ts';
import type { MessageClass } from './class-shape.ts';
import { isJson } from './rule.ts';

/** The keyword of a field whose value is shown to nobody. */
export const SENSITIVE = 'x-troupe-sensitive';
/** The keyword of a field that the business looks for. */
export const BUSINESS_KEY = 'x-troupe-business-key';
/** The keyword of a field on its way out: since when, and what to use in its place. */
export const DEPRECATED = 'x-troupe-deprecated';

/**
 * Adds to a field's schema what the class says of it beside its rules.
 * @throws ContractDefinitionError when that contradicts itself, or an example or the default breaks the field's rules
 */
export function annotated(schema: JsonSchema, cls: MessageClass, field: string): JsonSchema {
  const annotation = annotationsOf(cls).get(field);
  if (!annotation) return schema;
  const { businessKey, sensitive, deprecated, examples, default: standard } = annotation;
  if (businessKey && sensitive) {
    throw new ContractDefinitionError(
      cls.name,
      `field ${field} is both a business key, which is shown, and sensitive, which is not`,
    );
  }
  for (const example of examples ?? []) assertKept(cls, field, 'example', example);
  if (standard) assertKept(cls, field, 'default', standard.value);
  return {
    ...schema,
    ...(standard && { default: structuredClone(standard.value) }),
    ...(examples && { examples: structuredClone(examples) }),
    ...(deprecated && { deprecated: true, [DEPRECATED]: { ...deprecated } }),
    ...(businessKey && { [BUSINESS_KEY]: true }),
    ...(sensitive && { [SENSITIVE]: true }),
  };
}

/** @throws ContractDefinitionError for a field that has annotations alone: no rule says what it holds */
export function assertRuled(cls: MessageClass, fields: ReadonlyMap<string, unknown>): void {
  for (const field of annotationsOf(cls).keys()) {
    if (fields.has(field)) continue;
    throw new ContractDefinitionError(
      cls.name,
      `field ${field} is annotated but has no class-validator decorator; add one, at least @Allow()`,
    );
  }
}

/** The first field with a default. */
export function defaultIn(cls: MessageClass): string | undefined {
  return [...annotationsOf(cls)].find(([, annotation]) => annotation.default)?.[0];
}

function assertKept(cls: MessageClass, field: string, what: string, value: unknown): void {
  const shown = inspect(value, { breakLength: Number.POSITIVE_INFINITY });
  if (!isJson(value) || value === undefined) {
    throw new ContractDefinitionError(cls.name, `the ${what} ${shown} of field ${field} is no JSON value`);
  }
  const [broken] = explain(cls, { [field]: value }, 'refuse').filter(
    ({ path }) => path === `/${field}` || path.startsWith(`/${field}/`),
  );
  if (broken) {
    throw new ContractDefinitionError(
      cls.name,
      `the ${what} ${shown} of field ${field} breaks its rule ${broken.rule}: ${broken.message}`,
    );
  }
}
