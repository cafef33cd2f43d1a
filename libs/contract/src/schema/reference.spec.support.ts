import fc from 'fast-check';
import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import type { UnknownFields } from '../unknown-fields.ts';

/** class-validator's own verdict, reached without any code of this library. */
export function accepts(cls: new () => object, value: object, unknownFields: UnknownFields): boolean {
  const refuse = unknownFields === 'refuse';
  try {
    return (
      validateSync(plainToInstance(cls, value), {
        whitelist: refuse,
        forbidNonWhitelisted: refuse,
        forbidUnknownValues: false,
      }).length === 0
    );
  } catch {
    return false;
  }
}

/** Values that trip validators: near misses, odd numbers, odd strings. */
export const NASTY: readonly unknown[] = [
  ...[null, true, false, Number.NaN, -0, 0, 1, -1, 2, 1.5, 1e21, 1e-7, 2 ** 53, -(2 ** 31)],
  ...[
    '',
    ' ',
    'a',
    'A',
    'a\n',
    '\n',
    '\0',
    '\ud800',
    '\udc00a',
    '😀',
    '❤️',
    '\ufe0f',
    '\ufe0f\ufe0f\ufe0f',
    'é',
    'ſ',
    'K',
    'İ',
    '1',
    '-1',
    '+1',
    '1e3',
    '٣',
  ],
  ...['true', 'null', '2026-02-30', '2026-12-31T23:59:60Z', '__proto__', 'constructor'],
  ...[
    [],
    [null],
    [1, 1],
    [0, -0],
    [[]],
    ['a', ['a']],
    [Number.NaN],
    {},
    { a: 1 },
    { a: null },
    { length: 1 },
    { field: { field: 1 } },
  ],
];

/** Any value a message may hold, the given ones and their near misses most of all. */
export function anyValue(known: readonly unknown[]): fc.Arbitrary<unknown> {
  const strings = known.filter((value) => typeof value === 'string');
  const single = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...known) },
    { weight: 2, arbitrary: fc.constantFrom(...NASTY) },
    {
      weight: 3,
      arbitrary:
        strings.length > 0 ? fc.constantFrom(...strings).chain(nearMiss) : fc.string({ unit: 'binary' }),
    },
    { weight: 1, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: fc.double() },
  );
  return fc
    .oneof(
      { weight: 3, arbitrary: single },
      {
        weight: 1,
        arbitrary: fc.array(
          single.map((item) => item ?? null),
          { maxLength: 4 },
        ),
      },
    )
    .filter((value) => !hasReservedName(value) && !hasInfinity(value));
}

function nearMiss(text: string): fc.Arbitrary<string> {
  return fc
    .tuple(fc.nat(text.length), fc.nat(2), fc.string({ unit: 'binary', maxLength: 2 }))
    .map(([at, dropped, inserted]) => text.slice(0, at) + inserted + text.slice(at + dropped));
}

/** Names that every object has: class-transformer overlooks such fields, the schema refuses or keeps them. */
function hasReservedName(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([key, item]) => key in Object.prototype || hasReservedName(item));
}

/** JSON carries no infinity. */
function hasInfinity(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.values(value).some(hasInfinity);
  return value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY;
}
