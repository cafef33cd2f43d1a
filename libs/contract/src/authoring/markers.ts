import { annotation, type Deprecation } from './annotation.ts';

/**
 * The field names what the business looks for: an order number, a customer number. Failures are told with it.
 * `x-troupe-business-key` in the schema.
 */
export function BusinessKey(): PropertyDecorator {
  return annotation({ businessKey: true });
}

/**
 * The field's value, and all that it holds, is shown to nobody but the handler: violations, errors, logs, traces,
 * notices and views of dead letters have `***` in its place. `x-troupe-sensitive` in the schema.
 */
export function Sensitive(): PropertyDecorator {
  return annotation({ sensitive: true });
}

/** The field is on its way out; it is checked as before. `deprecated` and `x-troupe-deprecated` in the schema. */
export function Deprecated(deprecation: Deprecation): PropertyDecorator {
  return annotation({ deprecated: deprecation });
}

/** Values for the documents, `examples` in the schema. One that breaks the field's own rules is refused with the class. */
export function Example(...examples: readonly unknown[]): PropertyDecorator {
  return annotation({ examples });
}
