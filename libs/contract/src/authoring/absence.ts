import { ValidateIf } from 'class-validator';
import { annotation } from './annotation.ts';

/** The field may be null, and is not optional for that: `@IsOptional` lets it be missing too. */
export function Nullable(): PropertyDecorator {
  return ValidateIf(isNotNull);
}

/**
 * The field may be missing, but not null; whoever consumes the message finds this value in it then. A JSON value that
 * keeps the field's rules. `default` in the schema.
 */
export function Default(value: unknown): PropertyDecorator {
  const mayBeMissing = ValidateIf(isThere);
  const annotate = annotation({ default: { value } });
  return (prototype, field) => {
    mayBeMissing(prototype, field);
    annotate(prototype, field);
  };
}

/** By these two functions class-validator's metadata are told from any other `@ValidateIf`. */
export const isNotNull = (_: unknown, value: unknown): boolean => value !== null;
export const isThere = (_: unknown, value: unknown): boolean => value !== undefined;
