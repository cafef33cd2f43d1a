import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
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
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return NOT_AN_OBJECT;
  const refuse = unknownFields === 'refuse';
  try {
    const errors = validateSync(plainToInstance(cls, plainOf(value)), {
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
