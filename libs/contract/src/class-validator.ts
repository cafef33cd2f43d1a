import type { JsonSchema } from './json-schema.ts';
import type { Mask } from './masking/mask.ts';
import type { UnknownFields } from './unknown-fields.ts';
import { type Compiled, compile, type Enforcement } from './validator.ts';
import type { Violation } from './violation.ts';

/** The validator of a class-validator DTO class that is no contract, such as an HTTP body. */
export interface ClassValidator<T extends object = object> {
  readonly class: new () => T;
  /** JSON Schema 2020-12, open. */
  readonly schema: JsonSchema;
  readonly enforcement: Enforcement;
  /** Why the class is not compiled. Empty when it is. */
  readonly fallbackReasons: readonly string[];
  /** Every violation; the empty constant when valid. Never throws. */
  violations(value: unknown, unknownFields: UnknownFields): readonly Violation[];
  /** Keeps sensitive fields out of what people read. */
  readonly mask: Mask;
  /** Gives the fields that a valid value lacks their defaults, in the value itself. */
  fillDefaults(value: object): void;
}

const validators = new WeakMap<object, ClassValidator>();

/**
 * The validator of a class: compiled at the first call, cached from then on.
 * @throws ContractDefinitionError when the class cannot be enforced.
 */
export function validatorOf<T extends object>(cls: new () => T): ClassValidator<T> {
  const known = validators.get(cls);
  if (known) return known as ClassValidator<T>;
  const validator = classValidator(cls, compile(cls, { title: cls.name }));
  validators.set(cls, validator);
  return validator;
}

function classValidator<T extends object>(cls: new () => T, compiled: Compiled): ClassValidator<T> {
  const { enforcement, fallbackReasons, mask, fillDefaults, open, closed } = compiled;
  return Object.freeze({
    class: cls,
    schema: open.schema,
    enforcement,
    fallbackReasons,
    mask,
    fillDefaults,
    violations: (value: unknown, unknownFields: UnknownFields) =>
      unknownFields === 'refuse' ? closed.violations(value) : open.violations(value),
  });
}
