import { _, Ajv2020, type JSONType, type KeywordCxt } from 'ajv/dist/2020.js';
import { isDivisibleBy, length } from 'class-validator';
import { unknownField } from './explanation.ts';
import type { JsonSchema } from './json-schema.ts';
import { BUSINESS_KEY, DEPRECATED, SENSITIVE } from './schema/annotated.ts';
import { RULES } from './schema/rules.ts';
import { pointer, type Violation } from './violation.ts';

/** A compiled schema: says yes without allocating anything, and remembers the first fault when it says no. */
export interface Verdict {
  /** Throws a RangeError on a value that is deeper than the stack; nothing else unless a rule itself throws. */
  holds(value: unknown): boolean;
  /** The first fault of the last value that did not hold, or that it threw on. */
  fault(threw: boolean): Violation;
}

/** Compiles a schema that was made from a class. */
export function verdictOf(schema: JsonSchema): Verdict {
  const validate = ajv.compile(schema);
  return {
    holds: (value) => validate(value),
    fault: (threw) => {
      const error = threw ? undefined : validate.errors?.[0];
      if (!error) return { path: '', rule: 'unreadable', message: 'the value could not be read' };
      if (error.keyword === 'additionalProperties') {
        return unknownField(pointer(error.instancePath, String(error.params.additionalProperty)));
      }
      return { path: error.instancePath, rule: 'schema', message: error.message ?? error.keyword };
    },
  };
}

/** Schemas come from the converters alone, so they are not checked against the meta-schema again; tests do. */
const ajv = new Ajv2020({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  discriminator: true,
  validateFormats: false,
  validateSchema: false,
  meta: false,
});
for (const remark of ['x-flags', BUSINESS_KEY, DEPRECATED, SENSITIVE]) ajv.addKeyword(remark);
for (const { keyword } of RULES) {
  if (keyword) define(keyword.name, keyword.types, (value) => keyword.bind(value as readonly unknown[]));
}
// Where class-validator counts otherwise than the standard keyword, its own function counts.
redefine('minLength', 'string', atLeast);
redefine('maxLength', 'string', atMost);
redefine('multipleOf', 'number', (divisor) => (value) => isDivisibleBy(value, divisor as number));
redefine('pattern', 'string', (source, { 'x-flags': flags }) => {
  const expression = new RegExp(source as string, flags as string | undefined);
  return (value) => expression.test(value as string);
});

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
function define(keyword: string, types: readonly string[], bind: Bind): void {
  ajv.addKeyword({
    keyword,
    type: [...types] as JSONType[],
    code(cxt: KeywordCxt) {
      const check = cxt.gen.scopeValue('func', { ref: bind(cxt.schema, cxt.parentSchema) });
      cxt.fail(_`!${check}(${cxt.data})`);
    },
  });
}

function redefine(keyword: string, type: string, bind: Bind): void {
  ajv.removeKeyword(keyword);
  define(keyword, [type], bind);
}
