import type { JsonSchema } from '../json-schema.ts';

/** A check as class-validator exports it: `isEmail(value, options)`. It takes any value, whatever its type says. */
export type Check = (value: never, ...constraints: never[]) => boolean;

/** What a check says of a value. */
export function holds(check: Check, value: unknown, constraints: readonly unknown[]): boolean {
  return check(value as never, ...(constraints as never[]));
}

/** One decorator of class-validator that is compiled. */
export interface Rule {
  /** `IsEmail` */
  readonly decorator: string;
  /** class-validator's name of the rule, which violations carry: `isEmail`. */
  readonly name: string;
  /** class-validator's own check. */
  readonly check: Check;
  /** The keywords that say the same; undefined when the decorator's arguments cannot be said in JSON. */
  schema(constraints: readonly unknown[]): JsonSchema | undefined;
  /** Present where standard keywords do not say it all. */
  readonly keyword?: OwnKeyword;
}

/** A keyword beside the standard ones, backed by a function. Its value is the list of the decorator's arguments. */
export interface OwnKeyword {
  /** `x-isEmail` */
  readonly name: `x-${string}`;
  /** JSON types the keyword looks at; it accepts the others, as standard keywords do. */
  readonly types: readonly string[];
  bind(constraints: readonly unknown[]): (value: unknown) => boolean;
}

/** A rule that standard keywords say exactly. */
export function said(
  decorator: string,
  name: string,
  check: Check,
  schema: JsonSchema | ((...constraints: readonly unknown[]) => JsonSchema | undefined),
): Rule {
  return {
    decorator,
    name,
    check,
    schema: (constraints) => (typeof schema === 'function' ? schema(...constraints) : schema),
  };
}

/**
 * A rule that only its function says exactly.
 * @param standard what standard keywords can say of it; never stricter than the function.
 * @param enforced the function, where it is not class-validator's own.
 */
export function checked(
  decorator: string,
  name: string,
  check: Check,
  standard: JsonSchema | ((...constraints: readonly unknown[]) => JsonSchema) = { type: 'string' },
  enforced: Check = check,
): Rule {
  const keyword = ownKeyword(name, typesOf(standard), (constraints) => bound(enforced, constraints));
  return {
    decorator,
    name,
    check,
    keyword,
    schema: (constraints) => {
      const value = jsonOf(constraints);
      if (!value) return undefined;
      return {
        ...(typeof standard === 'function' ? standard(...constraints) : standard),
        [keyword.name]: value,
      };
    },
  };
}

/** The keyword of a rule. */
export function ownKeyword(name: string, types: readonly string[], bind: OwnKeyword['bind']): OwnKeyword {
  return { name: `x-${name}`, types, bind };
}

/** The arguments as JSON, copied because validator.js writes its defaults into option objects; undefined when they have no JSON form. */
export function jsonOf(constraints: readonly unknown[]): readonly unknown[] | undefined {
  const given = constraints.slice(0, constraints.findLastIndex((value) => value !== undefined) + 1);
  return given.every(isJson) ? structuredClone(given) : undefined;
}

/** Whether JSON carries the value as it is. */
export function isJson(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return isScalar(value);
  if (Array.isArray(value)) return value.every(isJson);
  return (
    Object.getPrototypeOf(value) === Object.prototype &&
    Object.values(value).every((item) => item === undefined || isJson(item))
  );
}

/** Whether JSON carries the value as it is and `===` compares it. */
export function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function bound(check: Check, constraints: readonly unknown[]): (value: unknown) => boolean {
  if (constraints.length === 0) return check as (value: unknown) => boolean;
  const own = structuredClone(constraints);
  return (value) => holds(check, value, own);
}

function typesOf(standard: JsonSchema | ((...constraints: readonly unknown[]) => JsonSchema)): string[] {
  const { type } = typeof standard === 'function' ? standard() : standard;
  return (Array.isArray(type) ? type : [type]) as string[];
}
