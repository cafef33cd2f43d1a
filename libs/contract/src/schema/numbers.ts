import { isDivisibleBy, isInt, isNegative, isNumber, isPositive, max, min } from 'class-validator';
import type { JsonSchema } from '../json-schema.ts';
import { checked, type Rule, said } from './rule.ts';

const number = { type: 'number' };
const decimals = checked('IsNumber', 'isNumber', isNumber, number);

/** Rules of numbers. NaN and the infinities pass none of them: JSON carries neither. */
export const NUMBERS: readonly Rule[] = [
  said('IsInt', 'isInt', isInt, { type: 'integer' }),
  {
    ...decimals,
    schema: ([options]) => {
      const { allowNaN, allowInfinity, maxDecimalPlaces } = (options ?? {}) as NumberOptions;
      if (allowNaN || allowInfinity) return undefined;
      return maxDecimalPlaces === undefined ? number : decimals.schema([{ maxDecimalPlaces }]);
    },
  },
  said('IsPositive', 'isPositive', isPositive, { ...number, exclusiveMinimum: 0 }),
  said('IsNegative', 'isNegative', isNegative, { ...number, exclusiveMaximum: 0 }),
  said('Min', 'min', min, (limit) => bounded('minimum', limit)),
  said('Max', 'max', max, (limit) => bounded('maximum', limit)),
  said('IsDivisibleBy', 'isDivisibleBy', isDivisibleBy, (divisor) =>
    Number.isSafeInteger(divisor) && (divisor as number) > 0 ? { ...number, multipleOf: divisor } : undefined,
  ),
];

interface NumberOptions {
  readonly allowNaN?: boolean;
  readonly allowInfinity?: boolean;
  readonly maxDecimalPlaces?: number;
}

function bounded(keyword: string, limit: unknown): JsonSchema | undefined {
  return Number.isFinite(limit) ? { ...number, [keyword]: limit } : undefined;
}
