import { IS_OPTIONAL, ValidationTypes } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { ContractDefinitionError } from '../error.ts';
import type { JsonSchema } from '../json-schema.ts';
import { isAuthentic } from './authenticity.ts';
import type { MessageClass } from './class-shape.ts';
import { allOf, orNull, typesOf } from './composition.ts';
import { type FieldType, fieldTypeOf, isOnly, nesting, type Reference } from './nesting.ts';
import { holds } from './rule.ts';
import { ruleOf } from './rules.ts';

/** A field's part of the schema. */
export interface FieldSchema {
  readonly schema: JsonSchema;
  readonly required: boolean;
  /** Why the schema does not say all that class-validator checks: one sentence each. */
  readonly reasons: readonly string[];
}

/**
 * The schema of a field, from its decorators.
 * @param reference where the schema of a nested class stands.
 */
export function fieldSchema(
  cls: MessageClass,
  name: string,
  metadata: readonly ValidationMetadata[],
  reference: (nested: MessageClass) => Reference,
): FieldSchema {
  const type = fieldTypeOf(cls, name);
  const says = metadata.map((one) => said(one, type));
  const reasons = says.flatMap(({ reason }) => (reason ? [`${cls.name}.${name}: ${reason}`] : []));
  if (type.is === 'converted') {
    return { schema: {}, required: false, reasons: [`${cls.name}.${name}: ${type.reason}`, ...reasons] };
  }
  const optional = says.some((one) => one.optional);
  const isNested = metadata.some((one) => one.type === ValidationTypes.NESTED_VALIDATION);
  if (isNested && type.is === 'untyped') {
    throw new ContractDefinitionError(
      cls.name,
      `field ${name} has @ValidateNested but no @Type, so nothing in it would be checked; add @Type(() => …)`,
    );
  }
  const schema = composed(
    says.flatMap((one) => (one.whole ? [one.whole] : [])),
    says.flatMap((one) => (one.each ? [one.each] : [])),
    isNested && type.is === 'class' ? reference(type.cls) : undefined,
  );
  return {
    schema: optional ? orNull(schema) : schema,
    required: !optional && says.some((one) => one.refusesAbsence),
    reasons,
  };
}

/** What one decorator says of a field. */
interface Said {
  /** Of the value as a whole. */
  readonly whole?: JsonSchema;
  /** Of each item when the value is an array, and of the value otherwise. */
  readonly each?: JsonSchema;
  readonly optional?: boolean;
  readonly refusesAbsence?: boolean;
  readonly reason?: string;
}

function said(metadata: ValidationMetadata, type: FieldType): Said {
  const { groups, always, validateIf, each } = metadata;
  if (groups?.length || always !== undefined) return { reason: `${nameOf(metadata)} belongs to a group` };
  if (validateIf) return { reason: `${nameOf(metadata)} has a validateIf` };
  switch (metadata.type) {
    case ValidationTypes.WHITELIST:
    case ValidationTypes.NESTED_VALIDATION:
      return {};
    case ValidationTypes.CONDITIONAL_VALIDATION:
      if (metadata.name === IS_OPTIONAL) return { optional: true };
      return { reason: '@ValidateIf decides by a function whether the field is checked' };
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

function composed(
  wholes: readonly JsonSchema[],
  eaches: readonly JsonSchema[],
  reference?: Reference,
): JsonSchema {
  const whole = allOf(wholes);
  const item = allOf(eaches);
  const types = typesOf(whole);
  if (isOnly(types, 'array')) {
    const items = reference ? nesting(item, reference) : item;
    return Object.keys(items).length === 0 ? whole : allOf([whole, { items }]);
  }
  const parts = [reference ? nesting(whole, reference) : whole];
  if (Object.keys(item).length === 0) return allOf(parts);
  if (types.length > 0 && !types.includes('array')) return allOf([...parts, item]);
  const single = allOf([item.type === undefined ? { not: { type: 'array' } } : { type: NO_ARRAY }, item]);
  return allOf([...parts, { anyOf: [{ type: 'array', items: item }, single] }]);
}

const NO_ARRAY = ['string', 'number', 'boolean', 'object', 'null'];

function nameOf({ name, type, constraintCls }: ValidationMetadata): string {
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
