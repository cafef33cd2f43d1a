import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, type ValidationError, validateSync } from 'class-validator';
import { IS_RECORD_OF, recordValueOf } from './authoring/record.ts';
import { isObject } from './object.ts';
import type { UnknownFields } from './unknown-fields.ts';
import { NO_VIOLATIONS, pointer, type Violation } from './violation.ts';

/**
 * What class-validator itself says of a value, on plainToInstance. Never throws: what its own code throws on
 * (a custom decorator, a value that contains itself) is a violation of the rule `unreadable`.
 */
export function explain(
  cls: new () => object,
  value: unknown,
  unknownFields: UnknownFields,
): readonly Violation[] {
  if (!isObject(value)) return NOT_AN_OBJECT;
  try {
    const errors = errorsOf(cls, plainOf(value) as object, unknownFields);
    if (errors.length === 0) return NO_VIOLATIONS;
    return errors.flatMap((error) => violationsIn(error, pointer('', error.property), unknownFields));
  } catch (error) {
    return [{ path: '', rule: 'unreadable', message: `class-validator could not read the value: ${error}` }];
  }
}

/** A message body is an object; nothing else has fields. */
export const NOT_AN_OBJECT: readonly Violation[] = Object.freeze([
  Object.freeze({ path: '', rule: 'isObject', message: 'the value must be an object' }),
]);

/**
 * A plain copy of what a producer gave or a body held, as JSON carries it: gaps in arrays and numbers that JSON does not
 * know become null. A copy, because class-transformer deletes discriminators from what it reads. `__proto__` and
 * `constructor` are left out: it ignores them in a typed object, and calls the latter in an untyped one.
 */
function plainOf(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return Array.from(value, (item: unknown) => plainOf(item ?? null));
  const plain: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    if (key !== '__proto__' && key !== 'constructor') plain[key] = plainOf(item);
  }
  return plain;
}

function errorsOf(cls: new () => object, plain: object, unknownFields: UnknownFields): ValidationError[] {
  const refuse = unknownFields === 'refuse';
  return validateSync(plainToInstance(cls, plain), {
    whitelist: refuse,
    forbidNonWhitelisted: refuse,
    forbidUnknownValues: false,
  });
}

function violationsIn(error: ValidationError, path: string, unknownFields: UnknownFields): Violation[] {
  const own = Object.entries(error.constraints ?? {}).flatMap(([rule, message]) => {
    if (rule === 'whitelistValidation') return [unknownField(path)];
    const inside = rule === IS_RECORD_OF ? violationsInRecord(error, path, unknownFields) : [];
    return inside.length > 0 ? inside : [{ path, rule, message }];
  });
  const nested = (error.children ?? []).flatMap((child) =>
    violationsIn(child, pointer(path, child.property), unknownFields),
  );
  return [...own, ...nested];
}

/** Of a record, class-validator knows only that some value is wrong. */
function violationsInRecord(
  { target, property, value: record }: ValidationError,
  path: string,
  unknownFields: UnknownFields,
): Violation[] {
  if (!isObject(record) || !target) return [];
  const metadata = getMetadataStorage().getTargetValidationMetadatas(target.constructor, '', false, false);
  return metadata
    .filter(({ propertyName }) => propertyName === property)
    .flatMap(({ constraints }) => recordValueOf(constraints?.[0]) ?? [])
    .flatMap((value) =>
      Object.entries(record).flatMap(([name, item]) =>
        errorsOf(value, { value: item }, unknownFields).flatMap((error) =>
          violationsIn(error, pointer(path, name), unknownFields),
        ),
      ),
    );
}

/** The violation of a field that a closed schema does not name. */
export function unknownField(path: string): Violation {
  return { path, rule: 'unknownField', message: 'the contract has no such field' };
}
