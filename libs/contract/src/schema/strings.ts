import {
  contains,
  isAlpha,
  isAlphanumeric,
  isAscii,
  isBooleanString,
  isByteLength,
  isHexadecimal,
  isHexColor,
  isLowercase,
  isMilitaryTime,
  isMongoId,
  isNumberString,
  isUppercase,
  isUUID,
  length,
  maxLength,
  minLength,
  notContains,
} from 'class-validator';
import type { JsonSchema } from '../json-schema.ts';
import { matching, PATTERN } from './pattern.ts';
import { type Check, checked, type Rule, said } from './rule.ts';

/** Rules of strings that are said by length or pattern, and their kin. */
export const STRINGS: readonly Rule[] = [
  said('MinLength', 'minLength', minLength, (min) => sized(min)),
  said('MaxLength', 'maxLength', maxLength, (max) => sized(0, max)),
  said('Length', 'isLength', length, (min, max) => (max === undefined ? sized(min) : sized(min, max))),
  checked('IsByteLength', 'isByteLength', isByteLength),
  PATTERN,
  said('Contains', 'contains', contains, (seed) => (isSeed(seed) ? containing(seed) : undefined)),
  said('NotContains', 'notContains', notContains, (seed) =>
    isSeed(seed) ? { type: 'string', not: containing(seed) } : undefined,
  ),
  plain('IsAlpha', 'isAlpha', isAlpha, '^[A-Za-z]+$'),
  plain('IsAlphanumeric', 'isAlphanumeric', isAlphanumeric, '^[0-9A-Za-z]+$'),
  plain('IsNumberString', 'isNumberString', isNumberString, '^[+-]?([0-9]*[.])?[0-9]+$'),
  said('IsAscii', 'isAscii', isAscii, matching('^[\\x00-\\x7F]+$')),
  said('IsHexadecimal', 'isHexadecimal', isHexadecimal, matching('^(0[xXhH])?[0-9A-Fa-f]+$')),
  said(
    'IsHexColor',
    'isHexColor',
    isHexColor,
    matching('^#?([0-9A-Fa-f]{3}|[0-9A-Fa-f]{4}|[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8})$'),
  ),
  said('IsMongoId', 'isMongoId', isMongoId, matching('^([0-9A-Fa-f]{24}|0[xXhH][0-9A-Fa-f]{22})$')),
  said('IsMilitaryTime', 'isMilitaryTime', isMilitaryTime, matching('^([01]\\d|2[0-3]):?([0-5]\\d)$')),
  said('IsBooleanString', 'isBooleanString', isBooleanString, {
    type: 'string',
    enum: ['true', 'false', '1', '0'],
  }),
  said('IsUUID', 'isUuid', isUUID, (version) => uuid(version)),
  checked('IsLowercase', 'isLowercase', isLowercase),
  checked('IsUppercase', 'isUppercase', isUppercase),
];

/** A rule with an exact pattern when it is used without arguments. */
function plain(decorator: string, name: string, check: Check, pattern: string): Rule {
  const rule = checked(decorator, name, check);
  return {
    ...rule,
    schema: (constraints) =>
      constraints.every((value) => value === undefined) ? matching(pattern) : rule.schema(constraints),
  };
}

function sized(min: unknown, max?: unknown): JsonSchema | undefined {
  if (!isLength(min) || !(max === undefined || isLength(max))) return undefined;
  return {
    type: 'string',
    ...(min > 0 && { minLength: min }),
    ...(max !== undefined && { maxLength: max }),
  };
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

/** validator.js finds the empty string in some strings only: it has no pattern. */
function isSeed(seed: unknown): seed is string {
  return typeof seed === 'string' && seed !== '';
}

function containing(seed: string): JsonSchema {
  return matching(seed.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
}

function uuid(version: unknown): JsonSchema | undefined {
  const digits = `${version ?? 'all'}`;
  if (!/^([1-8]|all)$/.test(digits)) return undefined;
  const hex = '[0-9A-Fa-f]';
  const versioned = (v: string): string => `${hex}{8}-${hex}{4}-${v}${hex}{3}-[89ABab]${hex}{3}-${hex}{12}`;
  if (digits !== 'all') return { ...matching(`^${versioned(digits)}$`), format: 'uuid' };
  const [nil, max] = ['0', '[Ff]'].map((digit) => [8, 4, 4, 4, 12].map((n) => `${digit}{${n}}`).join('-'));
  return { ...matching(`^(${versioned('[1-8]')}|${nil}|${max})$`), format: 'uuid' };
}
