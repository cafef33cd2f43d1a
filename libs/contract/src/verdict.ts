import { _, Ajv, type Code, type JSONType, type KeywordCxt } from 'ajv';
import { isDivisibleBy, length } from 'class-validator';
import { unknownField } from './explanation.ts';
import type { JsonSchema } from './json-schema.ts';
import { BUSINESS_KEY, DEPRECATED, SENSITIVE } from './schema/annotated.ts';
import { KNOWN_FIELDS } from './schema/class-schema.ts';
import { RULES } from './schema/rules.ts';
import type { UnknownFields } from './unknown-fields.ts';
import { pointer, type Violation } from './violation.ts';

/** A compiled schema: says yes without allocating anything, and remembers the first fault when it says no. */
export interface Verdict {
  /** Throws a RangeError on a value that is deeper than the stack; nothing else unless a rule itself throws. */
  holds(value: unknown, unknownFields: UnknownFields): boolean;
  /** The first fault of the last value that did not hold, or that it threw on. */
  fault(threw: boolean): Violation;
}

/** Compiles a schema that was made from a class, once for both sides. */
export function verdictOf(schema: JsonSchema): Verdict {
  const validate = ajv.compile(schema);
  return {
    holds: (value, unknownFields) => validate.call(unknownFields === 'refuse' ? REFUSING : KEEPING, value),
    fault: (threw) => {
      const error = threw ? undefined : validate.errors?.[0];
      if (!error) return { path: '', rule: 'unreadable', message: 'the value could not be read' };
      if (error.keyword === KNOWN_FIELDS) {
        return unknownField(pointer(error.instancePath, String(error.params.field)));
      }
      return { path: error.instancePath, rule: 'schema', message: error.message ?? error.keyword };
    },
  };
}

/** What `this` is in compiled code: whether it refuses the fields that a class does not name. */
const REFUSING = { refuses: true };
const KEEPING = { refuses: false };

/**
 * Schemas come from the converters alone, so they are not checked against the meta-schema again; tests do. Ajv's class
 * for 2020-12 tries every branch of an `anyOf`, for keywords that none of these schemas has; the one before it stops at
 * the first that holds, and knows all keywords that they have.
 */
const ajv = new Ajv({
  strict: true,
  strictTypes: false,
  strictRequired: false,
  discriminator: true,
  validateFormats: false,
  validateSchema: false,
  meta: false,
  code: { optimize: false }, // it makes nothing faster but takes a third of the time
  passContext: true,
});
for (const remark of ['x-flags', BUSINESS_KEY, DEPRECATED, SENSITIVE]) ajv.addKeyword(remark);
ajv.addKeyword({
  keyword: KNOWN_FIELDS,
  type: 'object',
  trackErrors: true,
  error: { message: 'unknown field', params: ({ params }) => _`{field: ${params.field}}` },
  code(cxt: KeywordCxt) {
    const { gen, data, schema } = cxt;
    const { errsCount } = cxt as Required<KeywordCxt>;
    gen.if(_`this.refuses`, () =>
      gen.forIn('field', data, (field) =>
        gen.if(isUnknown(field, schema as readonly string[]), () => {
          cxt.setParams({ field });
          cxt.error();
          gen.break();
        }),
      ),
    );
    cxt.ok(_`${errsCount} === errors`);
  },
});
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

function isUnknown(field: Code, known: readonly string[]): Code {
  return known.reduce<Code>((code, name) => _`${code} && ${field} !== ${name}`, _`true`);
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
