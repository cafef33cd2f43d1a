import { annotationsOf } from '../authoring/annotation.ts';
import { recordValueOf } from '../authoring/record.ts';
import { isUnion } from '../authoring/union.ts';
import { ContractDefinitionError } from '../error.ts';
import type { JsonSchema } from '../json-schema.ts';
import { type MessageClass, metadataOf, transformer } from './class-shape.ts';
import { allOf, typesOf } from './composition.ts';

/** What `@Type` says of a field. */
export type FieldType =
  | { readonly is: 'untyped' }
  | { readonly is: 'class'; readonly cls: MessageClass }
  /** `@IsOneOf`, whose rule says the classes. */
  | { readonly is: 'union' }
  /** class-transformer makes another value of it. */
  | { readonly is: 'converted'; readonly reason: string };

/** Where the schema of a nested class stands: of one object, and, written down when first asked for, of arrays of them. */
export interface Reference {
  readonly one: JsonSchema;
  list(): JsonSchema;
}

/**
 * Reads `@Type` of a field.
 * @throws ContractDefinitionError when it names no class.
 */
export function fieldTypeOf(cls: MessageClass, field: string): FieldType {
  const metadata = transformer.findTypeMetadata(cls, field);
  if (!metadata) return { is: 'untyped' };
  const { typeFunction, options, reflectedType } = metadata;
  if (options?.discriminator && isUnion(options.discriminator)) return { is: 'union' };
  if (options?.discriminator) return converted('@Type with a discriminator chooses the class by the message');
  if (typeFunction.length > 0) return converted('@Type with a parameter chooses the class by the message');
  const type: unknown = typeFunction();
  if (typeof type !== 'function') {
    throw new ContractDefinitionError(cls.name, `@Type of field ${field} names no class`);
  }
  if (builtIn.has(type))
    return converted(`@Type(() => ${type.name}) converts the value before it is checked`);
  if (reflectedType === Map || reflectedType === Set) {
    return converted(`a ${(reflectedType as { name: string }).name} is no JSON value, it is converted first`);
  }
  return { is: 'class', cls: type as MessageClass };
}

/** Whether a class, or one that `@Type` names in it, has a sensitive field. */
export function holdsSensitive(cls: MessageClass, seen = new Set<unknown>()): boolean {
  if (seen.has(cls)) return false;
  seen.add(cls);
  if ([...annotationsOf(cls).values()].some(({ sensitive }) => sensitive)) return true;
  return metadataOf(cls).some(({ propertyName, constraints }) => {
    const values = (constraints ?? []).flatMap((constraint: unknown) => recordValueOf(constraint) ?? []);
    return [...values, ...namedBy(cls, propertyName)].some((one) => holdsSensitive(one, seen));
  });
}

/** The classes that `@Type` names for a field, as far as it says them without a message. */
export function namedBy(cls: MessageClass, field: string): readonly MessageClass[] {
  const metadata = transformer.findTypeMetadata(cls, field);
  if (!metadata) return [];
  const { typeFunction, options } = metadata;
  const named = typeFunction.length === 0 ? [typeFunction() as unknown] : [];
  const chosen = options?.discriminator?.subTypes.map(({ value }) => value as unknown) ?? [];
  return [...named, ...chosen].filter(
    (type) => typeof type === 'function' && !builtIn.has(type),
  ) as MessageClass[];
}

/**
 * Adds `@ValidateNested` to what a field's other rules say. class-validator descends into arrays of any depth, wherever
 * it is asked for one object; the other rules may leave only one of the two.
 */
export function nesting(schema: JsonSchema, reference: Reference): JsonSchema {
  const types = typesOf(schema);
  const { type, ...untyped } = schema;
  if (isOnly(types, 'object')) return allOf([untyped, reference.one]);
  const either = { anyOf: [reference.one, reference.list()] };
  if (isOnly(types, 'array')) return allOf([schema, { items: either }]);
  return allOf([types.includes('object') && types.includes('array') ? untyped : schema, either]);
}

/** Whether a list of types leaves one. */
export function isOnly(types: readonly string[], type: string): boolean {
  return types.length === 1 && types[0] === type;
}

const builtIn: ReadonlySet<unknown> = new Set([
  ...[String, Number, Boolean, BigInt, Symbol, Date, Buffer, Object, Array, Map, Set, Promise, RegExp],
]);

function converted(reason: string): FieldType {
  return { is: 'converted', reason };
}
