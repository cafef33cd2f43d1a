import type { ValidationMetadata } from 'class-validator/types/metadata/ValidationMetadata.js';
import { ARRAYS } from './arrays.ts';
import { FORMATS } from './formats.ts';
import { NUMBERS } from './numbers.ts';
import { PRESENCE } from './presence.ts';
import type { Rule } from './rule.ts';
import { STRINGS } from './strings.ts';
import { TYPES } from './types.ts';

/** Every rule that is compiled: the table of docs/reference/contracts.md. */
export const RULES: readonly Rule[] = [...PRESENCE, ...TYPES, ...NUMBERS, ...STRINGS, ...FORMATS, ...ARRAYS];

/** What is compiled besides, without a check of its own; @ValidateNested with @Type. */
export const STRUCTURE = ['IsOptional', 'Allow', 'ValidateNested'] as const;

const byName: ReadonlyMap<string, Rule> = new Map(RULES.map((rule) => [rule.name, rule]));

/** The rule of a decorator, by class-validator's name of it. */
export function ruleOf({ name }: ValidationMetadata): Rule | undefined {
  return name === undefined ? undefined : byName.get(name);
}
