import { IS_OPTIONAL, ValidationTypes } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { isNotNull, isThere } from '../authoring/absence.ts';
import type { JsonSchema } from '../json-schema.ts';
import { isAuthentic } from './authenticity.ts';
import type { FieldType } from './nesting.ts';
import { holds } from './rule.ts';
import { ruleOf } from './rules.ts';

/** What one decorator says of a field. */
export interface Said {
  /** Of the value as a whole. */
  readonly whole?: JsonSchema;
  /** Of each item when the value is an array, and of the value otherwise. */
  readonly each?: JsonSchema;
  readonly nullable?: boolean;
  /** It may be missing. */
  readonly omissible?: boolean;
  readonly refusesAbsence?: boolean;
  /** What the others say holds for some messages only, and nobody can say for which. */
  readonly conditional?: boolean;
  readonly reason?: string;
  /** The reasons of the classes that it brings along, which name their fields themselves. */
  readonly reasons?: readonly string[];
}

/** What a decorator says of a field whose `@Type` is known. */
export function said(metadata: ValidationMetadata, type: FieldType): Said {
  const { always, validateIf, each } = metadata;
  if (always !== undefined) return { reason: `${nameOf(metadata)} belongs to every group` };
  if (validateIf) return { reason: `${nameOf(metadata)} has a validateIf` };
  switch (metadata.type) {
    case ValidationTypes.WHITELIST:
    case ValidationTypes.NESTED_VALIDATION:
      return {};
    case ValidationTypes.CONDITIONAL_VALIDATION:
      if (metadata.name === IS_OPTIONAL) return { nullable: true, omissible: true };
      if (metadata.constraints[0] === isNotNull) return { nullable: true };
      if (metadata.constraints[0] === isThere) return { omissible: true };
      return { conditional: true, reason: '@ValidateIf decides by a function whether the field is checked' };
    case ValidationTypes.PROMISE_VALIDATION:
      return { reason: '@ValidatePromise waits for a value' };
  }
  const rule = ruleOf(metadata);
  if (!rule) return { reason: `${nameOf(metadata)} is not among the compiled decorators` };
  const constraints: readonly unknown[] = metadata.constraints ?? [];
  const schema = typed(rule.schema(constraints), rule.name, type);
  if (!schema) return { reason: `@${rule.decorator} has arguments that JSON Schema cannot say` };
  if (!isAuthentic(metadata, rule)) {
    return { reason: `@${rule.decorator} is not class-validator's own, or was given a function` };
  }
  if (each && namesNull(schema)) return { reason: `@${rule.decorator} compares each item with null` };
  const refusesAbsence = !accepts(() => holds(rule.check, undefined, constraints));
  return { [each ? 'each' : 'whole']: schema, refusesAbsence };
}

/** A nested instance is never empty where its class declares fields: class-transformer creates them all. */
function typed(schema: JsonSchema | undefined, rule: string, type: FieldType): JsonSchema | undefined {
  if (rule !== 'isNotEmptyObject' || type.is !== 'class' || !schema?.minProperties) return schema;
  return Object.keys(new type.cls()).length > 0 ? { type: 'object' } : schema;
}

/** In an array, undefined stands for null; Ajv tells the two apart where a constant is null. */
function namesNull({ const: constant, enum: values, not }: JsonSchema): boolean {
  if (constant === null || (values as unknown[] | undefined)?.includes(null)) return true;
  return typeof not === 'object' && namesNull(not as JsonSchema);
}

/** A decorator as a person wrote it. */
export function nameOf({ name, type, constraintCls }: ValidationMetadata): string {
  if (name !== undefined) return `@${name}`;
  return constraintCls ? `@Validate(${constraintCls.name})` : `@${type}`;
}

function accepts(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return false;
  }
}
