import {
  _,
  Ajv2020,
  type ErrorObject,
  type JSONType,
  type KeywordCxt,
  type ValidateFunction,
} from 'ajv/dist/2020.js';
import { isDivisibleBy, length } from 'class-validator';
import { unknownField } from './explanation.ts';
import type { JsonSchema } from './json-schema.ts';
import { RULES } from './schema/rules.ts';
import { NO_VIOLATIONS, pointer, type Violation } from './violation.ts';

/** A compiled schema: says yes without allocating anything, and remembers the first fault when it says no. */
export interface Verdict {
  /** Throws a RangeError on a value that is deeper than the stack; nothing else unless a rule itself throws. */
  holds(value: unknown): boolean;
  /** The first fault of the last value that did not hold, or that it threw on. */
  fault(threw: boolean): Violation;
  /** Faults of a value by keyword, the first `MOST_FAULTS`; empty for one that is too deep to be walked. */
  faults(value: unknown): readonly Violation[];
}

/** So many faults tell what is wrong; a body made of nothing else could have any number. */
export const MOST_FAULTS = 100;

/** Compiles a schema that was made from a class. */
export function verdictOf(schema: JsonSchema): Verdict {
  const validate = failFast.compile(schema);
  let validateAll: ValidateFunction | undefined;
  return {
    holds: (value) => validate(value),
    fault: (threw) => {
      const error = threw ? undefined : validate.errors?.[0];
      return error
        ? violationOf(error)
        : { path: '', rule: 'unreadable', message: 'the value could not be read' };
    },
    faults: (value) => {
      validateAll ??= thorough().compile(schema);
      try {
        validateAll(value);
      } catch {
        return NO_VIOLATIONS;
      }
      return (validateAll.errors ?? []).slice(0, MOST_FAULTS).map(violationOf);
    },
  };
}

function violationOf({ keyword, instancePath, params, message }: ErrorObject): Violation {
  if (keyword === 'additionalProperties') {
    return unknownField(pointer(instancePath, String(params.additionalProperty)));
  }
  const path = keyword === 'required' ? pointer(instancePath, String(params.missingProperty)) : instancePath;
  return { path, rule: 'schema', message: message ?? keyword };
}

/** Schemas come from the converters alone, so they are not checked against the meta-schema again; tests do. */
function ajvOf(allErrors: boolean): Ajv2020 {
  const ajv = new Ajv2020({
    strict: true,
    strictTypes: false,
    strictRequired: false,
    validateFormats: false,
    validateSchema: false,
    meta: false,
    allErrors,
  });
  ajv.addKeyword('x-flags');
  for (const { keyword } of RULES) {
    if (keyword)
      define(ajv, keyword.name, keyword.types, (value) => keyword.bind(value as readonly unknown[]));
  }
  // Where class-validator counts otherwise than the standard keyword, its own function counts.
  redefine(ajv, 'minLength', 'string', atLeast);
  redefine(ajv, 'maxLength', 'string', atMost);
  redefine(ajv, 'multipleOf', 'number', (divisor) => (value) => isDivisibleBy(value, divisor as number));
  redefine(ajv, 'pattern', 'string', (source, { 'x-flags': flags }) => {
    const expression = new RegExp(source as string, flags as string | undefined);
    return (value) => expression.test(value as string);
  });
  return ajv;
}

const failFast = ajvOf(false);
let everyFault: Ajv2020 | undefined;

/** Made when the first large value is refused: most processes never need it. */
function thorough(): Ajv2020 {
  everyFault ??= ajvOf(true);
  return everyFault;
}

/** validator.js counts at least a third of the UTF-16 units: a surrogate pair with a variation selector is one. */
function atLeast(limit: unknown): (value: unknown) => boolean {
  const min = limit as number;
  return (value) => {
    const units = (value as string).length;
    return units >= 3 * min || (units >= min && length(value, min));
  };
}

function atMost(limit: unknown): (value: unknown) => boolean {
  const max = limit as number;
  return (value) => (value as string).length <= max || length(value, 0, max);
}

type Bind = (value: unknown, schema: JsonSchema) => (value: unknown) => boolean;

/** Defined by code: Ajv calls a keyword's function with a new context object for every value. */
function define(ajv: Ajv2020, keyword: string, types: readonly string[], bind: Bind): void {
  ajv.addKeyword({
    keyword,
    type: [...types] as JSONType[],
    code(cxt: KeywordCxt) {
      const check = cxt.gen.scopeValue('func', { ref: bind(cxt.schema, cxt.parentSchema) });
      cxt.fail(_`!${check}(${cxt.data})`);
    },
  });
}

function redefine(ajv: Ajv2020, keyword: string, type: string, bind: Bind): void {
  ajv.removeKeyword(keyword);
  define(ajv, keyword, [type], bind);
}
