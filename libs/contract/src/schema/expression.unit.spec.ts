import { Matches } from 'class-validator';
import { describe, expect, test } from 'vitest';
import { validatorOf } from '../index.ts';
import { classWith } from './samples.spec.support.ts';

describe('a regular expression', () => {
  test.each([
    [/^(a+)+$/],
    [/^(a|a)*$/],
    [/^(\w+\s?)*$/],
    [/^\s+|\s+$/],
    [/^[a-z]+[a-z0-9]+$/],
    [/^(a|A)+$/iu],
    [/^(\p{L}+)+$/iu],
    [/^(?<all>a+)+$/],
  ])('that a text can keep busy is refused: %s', (expression) => {
    expect(() => validatorOf(classWith(Matches(expression)))).toThrow(
      expect.objectContaining({
        code: 'TROUPE_CONTRACT_DEFINITION',
        message: expect.stringContaining(`field field has @Matches(${expression}), which`),
      }),
    );
  });

  test.each([
    [/^[A-Za-z0-9_-]{1,64}$/],
    [/^\d{4}-\d{2}-\d{2}$/],
    [/^[a-z0-9]+(-[a-z0-9]+)*$/],
    [/^(?=.*\d)(?=.*[a-z]).{8,}$/],
    [/^(?:[a-z0-9]{1,63}-){0,5}[a-z0-9]{1,63}$/],
    [/^https?:\/\/\S+$/],
    [/^\p{L}+$/u],
    [/^(?<year>\d{4})-(?<month>\d\d)$/],
    [/^.*$/s],
    [/(?<=a)b/],
  ])('whose time is bounded by the text is taken: %s', (expression) => {
    expect(validatorOf(classWith(Matches(expression))).enforcement).toBe('compiled');
  });

  test('is refused when it cannot be examined', () => {
    expect(() => validatorOf(classWith(Matches(/^(?<a>x)\k<a>$/)))).toThrow('nobody can tell how long');
  });

  test('is examined in each class, also in one that is not compiled, and when given as a text', () => {
    for (const decorator of [Matches('^(b+)+$'), Matches(/^(b+)+$/y), Matches(/^(b+)+$/, { each: true })]) {
      expect(() => validatorOf(classWith(decorator))).toThrow('longer than the text is long');
    }
  });
});
