import { type Filling, fillingOf } from './defaults.ts';
import { ContractDefinitionError } from './error.ts';
import { explain } from './explanation.ts';
import type { JsonSchema } from './json-schema.ts';
import { markedPaths } from './masking/marked-paths.ts';
import { type Mask, maskOf } from './masking/mask.ts';
import { BUSINESS_KEY, SENSITIVE } from './schema/annotated.ts';
import { classSchema } from './schema/class-schema.ts';
import type { UnknownFields } from './unknown-fields.ts';
import { type Verdict, verdictOf } from './verdict.ts';
import { NO_VIOLATIONS, type Violation } from './violation.ts';

/** What checks a class's values: the compiled JSON Schema, or class-validator itself. */
export type Enforcement = 'compiled' | 'class-validator';

/** One side of a class: the schema and its check. */
export interface Side {
  readonly schema: JsonSchema;
  readonly violations: (value: unknown) => readonly Violation[];
}

/** A class, compiled for both sides. */
export interface Compiled {
  readonly fields: readonly string[];
  readonly enforcement: Enforcement;
  readonly fallbackReasons: readonly string[];
  readonly mask: Mask;
  /** Fields that the business looks for, as paths of names. */
  readonly businessKeys: readonly string[];
  readonly fillDefaults: Filling;
  readonly closed: Side;
  readonly open: Side;
}

/**
 * Compiles a class for both sides.
 * @param annotations `title`, `description`, and the `$id` of the closed schema; the open one's ends in `:accepted`.
 * @throws ContractDefinitionError when the class cannot be enforced.
 */
export function compile(cls: new () => object, annotations: JsonSchema): Compiled {
  const { fields, reasons, schema, both } = classSchema(cls);
  const { $id } = annotations;
  const bare = schema('keep');
  const mask = maskOf(markedPaths(bare, SENSITIVE));
  const businessKeys = markedPaths(bare, BUSINESS_KEY);
  assertShown(cls, businessKeys, mask);
  const fill = fillingOf(bare);
  const verdict = reasons.length > 0 ? undefined : verdictOf(both());
  const side = (unknownFields: UnknownFields, id: unknown): Side => {
    return {
      schema: deepFreeze({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        ...annotations,
        ...(id !== undefined && { $id: id }),
        ...(reasons.length > 0 && { $comment: `Not all is said here. ${reasons.join('. ')}.` }),
        ...schema(unknownFields),
      }),
      violations: masked(
        verdict ? enforced(cls, verdict, unknownFields) : (value) => explain(cls, value, unknownFields),
        mask,
      ),
    };
  };
  return {
    fields,
    enforcement: reasons.length > 0 ? 'class-validator' : 'compiled',
    fallbackReasons: reasons,
    mask,
    businessKeys,
    fillDefaults: fill ?? (() => {}),
    closed: side('refuse', $id),
    open: side('keep', $id && `${$id}:accepted`),
  };
}

/** @throws ContractDefinitionError for a business key inside a sensitive field */
function assertShown(cls: new () => object, businessKeys: readonly string[], { paths }: Mask): void {
  for (const key of businessKeys) {
    const around = paths.find((path) => key.startsWith(`${path}/`));
    if (around === undefined) continue;
    throw new ContractDefinitionError(
      cls.name,
      `the business key ${key} stands in ${around}, which is sensitive`,
    );
  }
}

function masked(violations: Side['violations'], mask: Mask): Side['violations'] {
  if (mask.paths.length === 0) return violations;
  return (value) => {
    const found = violations(value);
    return found.length === 0 ? found : mask.violations(found, value);
  };
}

/** Values in a value, beyond which class-validator would take too long to say all that is wrong with it. */
const LARGE = 5_000;

/**
 * Says yes by the compiled schema alone; only a value it refuses is explained, by class-validator, rule by rule. Of a
 * large one the first fault is named, so that a hostile body costs milliseconds and gets a short answer.
 */
function enforced(cls: new () => object, verdict: Verdict, unknownFields: UnknownFields): Side['violations'] {
  return (value) => {
    let unreadable = false;
    try {
      if (verdict.holds(value, unknownFields)) return NO_VIOLATIONS;
    } catch {
      unreadable = true;
    }
    const fault = verdict.fault(unreadable);
    const explained = isLarge(value) ? [] : explain(cls, value, unknownFields);
    return explained.length > 0 ? explained : [fault];
  };
}

function isLarge(value: unknown): boolean {
  const open: unknown[] = [value];
  for (let seen = 0; open.length > 0; seen++) {
    if (seen + open.length > LARGE) return true;
    const next = open.pop();
    if (typeof next === 'object' && next !== null) open.push(...Object.values(next).slice(0, LARGE + 1));
  }
  return false;
}

function deepFreeze(schema: JsonSchema): JsonSchema {
  for (const value of Object.values(schema)) {
    if (typeof value === 'object' && value !== null) deepFreeze(value as JsonSchema);
  }
  return Object.freeze(schema);
}
