import { Ajv2020 } from 'ajv/dist/2020.js';
import { IsArray, IsOptional } from 'class-validator';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Default, Nullable, validatorOf } from './index.ts';
import { accepts, anyValue, NASTY } from './schema/reference.spec.support.ts';
import { RULES } from './schema/rules.ts';
import { classWith, forget, SAMPLES, type Sample } from './schema/samples.spec.support.ts';

test('every compiled rule has a sample', () => {
  const sampled = new Set(SAMPLES.map(({ decorator }) => decorator));
  expect(RULES.map(({ decorator }) => decorator).filter((decorator) => !sampled.has(decorator))).toEqual([]);
  expect(RULES.length).toBeGreaterThanOrEqual(40);
});

describe.each(SAMPLES)('@$decorator $arguments', (sample) => {
  test('takes and refuses what it says', () => {
    const validator = validatorOf(classWith(sample.of()));
    expect(validator.fallbackReasons).toEqual([]);
    for (const field of sample.valid)
      expect(validator.violations({ field }, 'refuse'), `${field}`).toEqual([]);
    for (const field of sample.invalid) {
      expect(validator.violations({ field }, 'refuse'), `${field}`).not.toEqual([]);
    }
  });

  test('alone, says what class-validator says', () => agrees(sample, classWith(sample.of())));

  test('is said to other languages by a valid schema that refuses nothing it takes', () => {
    const validator = validatorOf(classWith(sample.of()));
    expect(plainAjv.validateSchema(validator.schema), plainAjv.errorsText()).toBe(true);
    const standard = plainAjv.compile(validator.schema);
    for (const field of [...sample.valid, ...sample.invalid, ...NASTY]) {
      if (validator.violations({ field }, 'keep').length > 0 || countsOtherwise(field)) continue;
      expect(standard({ field }), `${field}`).toBe(true);
    }
  });

  test('optional, says what class-validator says', () => {
    agrees(sample, classWith(IsOptional(), sample.of()));
  });

  test('of each item, says what class-validator says', () => {
    if (namesNull(sample)) return;
    agrees(sample, classWith(sample.of({ each: true })));
    agrees(sample, classWith(IsArray(), sample.of({ each: true })));
    agrees(sample, classWith(IsOptional(), IsArray(), sample.of(), sample.of({ each: true })));
  });
});

/** The compiled verdict is class-validator's, on both sides. */
function agrees(sample: Sample, cls: new () => object, numRuns = 60): void {
  const validator = validatorOf(cls);
  expect(validator.fallbackReasons).toEqual([]);
  const known = [...sample.valid, ...sample.invalid, undefined];
  fc.assert(
    fc.property(anyValue(known), fc.constantFrom({}, { other: 1 }), fc.boolean(), (field, extra, absent) => {
      if (refusesNull(sample) && hasNaN(field)) return;
      const value = absent ? extra : { field, ...extra };
      for (const side of ['refuse', 'keep'] as const) {
        expect(validator.violations(value, side).length === 0, side).toBe(accepts(cls, value, side));
      }
    }),
    { numRuns },
  );
  forget(cls);
}

describe('a field that may be null, or missing', () => {
  test.each([
    ['@Nullable', Nullable()],
    ['@Default', Default(null)],
  ])('under %s is what class-validator says it is', (_, decorator) => {
    for (const sample of SAMPLES) agrees(sample, classWith(decorator, Nullable(), sample.of()), 15);
  });
});

test('an array with gaps is what class-validator says of its JSON', () => {
  for (const sample of SAMPLES.filter((one) => !namesNull(one))) {
    for (const cls of [classWith(sample.of()), classWith(IsArray(), sample.of({ each: true }))]) {
      const validator = validatorOf(cls);
      for (const value of [...sample.valid, ...sample.invalid].map((item) =>
        item === undefined ? null : item,
      )) {
        const gaps = [value, value, value];
        delete gaps[1];
        const inJson = JSON.parse(JSON.stringify({ field: gaps })) as object;
        expect(validator.violations({ field: gaps }, 'refuse').length === 0, JSON.stringify(gaps)).toBe(
          accepts(cls, inJson, 'refuse'),
        );
      }
      forget(cls);
    }
  }
});

test('any decorators together say what class-validator says', () => {
  const decorator = fc.tuple(fc.constantFrom(...SAMPLES), fc.boolean()).map(([sample, each]) => ({
    sample,
    decorate: sample.of({ each: each && !namesNull(sample) }),
  }));
  const field = fc.tuple(fc.array(decorator, { minLength: 2, maxLength: 4 }), fc.boolean(), fc.boolean());
  fc.assert(
    fc.property(
      field,
      fc.array(fc.nat(), { minLength: 30, maxLength: 30 }),
      ([chosen, optional, array], seeds) => {
        const decorators = chosen.map(({ decorate }) => decorate);
        const cls = classWith(
          ...decorators,
          ...(optional ? [IsOptional()] : []),
          ...(array ? [IsArray()] : []),
        );
        const validator = validatorOf(cls);
        expect(validator.fallbackReasons).toEqual([]);
        const known = chosen.flatMap(({ sample }) => [...sample.valid, ...sample.invalid]);
        const values = [...NASTY, ...known, ...known.map((value) => [value, value])];
        for (const value of seeds.map((seed) => values[seed % values.length])) {
          if (hasNaN(value)) continue;
          expect(validator.violations({ field: value }, 'refuse').length === 0, JSON.stringify(value)).toBe(
            accepts(cls, { field: value }, 'refuse'),
          );
        }
        forget(cls);
      },
    ),
    { numRuns: 60 },
  );
});

/** JSON writes null for NaN: what names null refuses NaN as it refuses or takes null; class-validator takes NaN for a value. */
function refusesNull({ decorator, arguments: given }: Sample): boolean {
  return decorator === 'IsDefined' || decorator === 'IsNotEmpty' || given === 'null';
}

function hasNaN(value: unknown): boolean {
  return [value].flat(9).some(Number.isNaN);
}

/** What compares each item with null falls back. */
function namesNull({ decorator, arguments: given }: Sample): boolean {
  return decorator === 'IsEmpty' || (given === 'null' && decorator !== 'NotEquals');
}

const plainAjv = new Ajv2020({ strict: false, validateFormats: false });

/** Variation selectors and characters beyond U+FFFF, which class-validator counts in its own way. */
function countsOtherwise(value: unknown): boolean {
  return /[\ufe0e\ufe0f\ud800-\udfff]/.test([value].flat(3).join());
}
