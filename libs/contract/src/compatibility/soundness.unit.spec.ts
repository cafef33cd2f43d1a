import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkCompatibility } from './check.ts';
import { closed, filled, opened } from './readings.spec.support.ts';
import { sample } from './samples.spec.support.ts';
import { pairs } from './schema-pairs.spec.support.ts';
import { json } from './schemas.spec.support.ts';

// All errors: Ajv skips `contains` after an empty array met `prefixItems` when it may stop at the first.
const ajv = new Ajv2020({ strict: false, allErrors: true, useDefaults: true });
const plain = new Ajv2020({ strict: false, allErrors: true });

describe('what is called compatible', { timeout: 120_000 }, () => {
  test.each(['tolerant', 'strict'] as const)('goes together, by the %s policy', (policy) => {
    const tried = { compatible: 0, sent: 0 };
    const seeds = fc.array(fc.nat(), { minLength: 20, maxLength: 20 });
    fc.assert(
      fc.property(pairs, fc.array(json, { maxLength: 10 }), seeds, ([previous, next], values, numbers) => {
        if (!checkCompatibility(previous, next, { mode: 'backward', policy }).compatible) return;
        tried.compatible++;
        const sends = plain.compile(policy === 'tolerant' ? closed(previous) : previous);
        const takes = ajv.compile(filled(policy === 'tolerant' ? opened(next) : next));
        let i = 0;
        const random = () => (numbers[i++ % numbers.length] ?? 0) + i;
        const samples = Array.from({ length: 40 }, (_, n) => sample(n % 4 === 0 ? next : previous, random));
        for (const value of [...values, ...samples]) {
          if (!sends(value)) continue;
          tried.sent++;
          expect(takes(structuredClone(value)), JSON.stringify({ previous, next, value })).toBe(true);
        }
      }),
      { numRuns: 400 },
    );
    expect(tried.compatible).toBeGreaterThan(100);
    expect(tried.sent).toBeGreaterThan(1_000);
  });
});
