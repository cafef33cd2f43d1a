import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import type { UnknownFields } from './validator.ts';
import { NO_VIOLATIONS, pointer, type Violation } from './violation.ts';

/**
 * What class-validator itself says of a value, on plainToInstance. Never throws: what its own code throws on
 * (a custom decorator, a constructor) is a violation of the rule `unreadable`.
 */
export function explain(
  cls: new () => object,
  value: unknown,
  unknownFields: UnknownFields,
): readonly Violation[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return NOT_AN_OBJECT;
  const refuse = unknownFields === 'refuse';
  try {
    const errors = validateSync(plainToInstance(cls, value), {
      whitelist: refuse,
      forbidNonWhitelisted: refuse,
      forbidUnknownValues: false,
    });
    return errors.length === 0 ? NO_VIOLATIONS : errors.flatMap((error) => violationsIn(error, ''));
  } catch (error) {
    return [{ path: '', rule: 'unreadable', message: `class-validator could not read the value: ${error}` }];
  }
}

/** A message body is an object; nothing else has fields. */
export const NOT_AN_OBJECT: readonly Violation[] = Object.freeze([
  Object.freeze({ path: '', rule: 'isObject', message: 'the value must be an object' }),
]);

function violationsIn(error: ValidationError, parent: string): Violation[] {
  const path = pointer(parent, error.property);
  const own = Object.entries(error.constraints ?? {}).map(([rule, message]) =>
    rule === 'whitelistValidation' ? unknownField(path) : { path, rule, message },
  );
  return [...own, ...(error.children ?? []).flatMap((child) => violationsIn(child, path))];
}

/** The violation of a field that a closed schema does not name. */
export function unknownField(path: string): Violation {
  return { path, rule: 'unknownField', message: 'the contract has no such field' };
}
