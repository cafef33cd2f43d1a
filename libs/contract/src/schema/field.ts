import { ValidationTypes } from 'class-validator';
import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { type RecordValue, recordValueOf } from '../authoring/record.ts';
import { unionOf } from '../authoring/union.ts';
import { ContractDefinitionError } from '../error.ts';
import type { JsonSchema } from '../json-schema.ts';
import { annotated, SENSITIVE } from './annotated.ts';
import { type MessageClass, metadataOf } from './class-shape.ts';
import { allOf, orNull, typesOf } from './composition.ts';
import { assertTame } from './expression.ts';
import { fieldTypeOf, holdsSensitive, isOnly, namedBy, nesting, type Reference } from './nesting.ts';
import { expressionOf, PATTERN } from './pattern.ts';
import { nameOf, type Said, said } from './said.ts';
import { unionSchema } from './union.ts';

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
  assertUngrouped(cls, name, metadata);
  assertTameExpressions(cls, name, metadata);
  const says = metadata.map((one) => compound(cls, one, reference) ?? said(one, type));
  const reasons = [
    ...says.flatMap(({ reason }) => (reason ? [`${cls.name}.${name}: ${reason}`] : [])),
    ...says.flatMap((one) => one.reasons ?? []),
  ];
  if (type.is === 'converted') {
    return unsaid(cls, name, metadata, [`${cls.name}.${name}: ${type.reason}`, ...reasons]);
  }
  if (says.some(({ conditional }) => conditional)) return unsaid(cls, name, metadata, reasons);
  const nullable = says.some((one) => one.nullable);
  const omissible = says.some((one) => one.omissible);
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
    schema: annotated(nullable ? orNull(schema) : schema, cls, name),
    required: !omissible && says.some((one) => one.refusesAbsence),
    reasons,
  };
}

/** A field that may hold anything as far as a schema can say: rather too little is said than too much. */
function unsaid(
  cls: MessageClass,
  name: string,
  metadata: readonly ValidationMetadata[],
  reasons: readonly string[],
): FieldSchema {
  const values = metadata.flatMap(({ constraints }) =>
    ((constraints ?? []) as readonly unknown[]).flatMap((constraint) => recordValueOf(constraint) ?? []),
  );
  const isHidden = [...namedBy(cls, name), ...values].some((one) => holdsSensitive(one));
  return { schema: annotated(isHidden ? { [SENSITIVE]: true } : {}, cls, name), required: false, reasons };
}

/** @throws ContractDefinitionError for a rule in a group: messages are checked without groups, so all would apply at once */
function assertUngrouped(cls: MessageClass, field: string, metadata: readonly ValidationMetadata[]): void {
  const grouped = metadata.find(({ groups }) => groups?.length);
  if (!grouped) return;
  throw new ContractDefinitionError(
    cls.name,
    `field ${field} has ${nameOf(grouped)} in the groups ${grouped.groups.join(', ')}; a message belongs to none, so leave them out, or make a contract of each`,
  );
}

function assertTameExpressions(
  cls: MessageClass,
  field: string,
  metadata: readonly ValidationMetadata[],
): void {
  for (const { name, constraints } of metadata) {
    if (name !== PATTERN.name) continue;
    const expression = expressionOf(constraints?.[0], constraints?.[1]);
    if (expression) assertTame(cls, field, expression);
  }
}

/** The rules that hold other rules or classes; undefined for all others. */
function compound(
  cls: MessageClass,
  { constraints, each, validateIf }: ValidationMetadata,
  reference: (nested: MessageClass) => Reference,
): Said | undefined {
  const [constraint] = (constraints ?? []) as readonly unknown[];
  const value = recordValueOf(constraint);
  const union = unionOf(constraint);
  if (validateIf || !(value ?? union)) return undefined;
  if (union) return { [each ? 'each' : 'whole']: unionSchema(cls, union, reference), refusesAbsence: true };
  const { schema, reasons } = recordSchema(value as RecordValue, reference);
  return { whole: schema, refusesAbsence: true, reasons };
}

/** `@IsRecordOf`. */
function recordSchema(value: RecordValue, reference: (nested: MessageClass) => Reference): FieldSchema {
  const { schema, reasons } = fieldSchema(value, 'value', metadataOf(value), reference);
  return { schema: { type: 'object', additionalProperties: schema }, required: true, reasons };
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
