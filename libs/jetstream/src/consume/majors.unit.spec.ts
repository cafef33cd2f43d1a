import { contractOf } from '@troupe/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OrderPlaced } from '../fixtures.spec.support.ts';
import { OrderPlacedV2, OrderPlacedV3 } from '../majors.spec.support.ts';
import type { Durable } from '../topology/set-up.ts';
import { Majors } from './majors.ts';

const NEWEST_FIRST = [OrderPlacedV3, OrderPlacedV2, OrderPlaced].map((cls) => contractOf(cls));
const IDS = NEWEST_FIRST.map(({ id }) => id);
const [V3, V2, V1] = IDS as [string, string, string];
const MINUTE = 60_000;
const YEAR = 365 * 24 * 60 * MINUTE;

/** A step with durables that were made at these times. */
function step(madeAt: Record<string, number>): Majors {
  return new Majors(
    NEWEST_FIRST.filter(({ id }) => id in madeAt).map(
      (contract) => ({ contract, madeAt: madeAt[contract.id] }) as unknown as Durable,
    ),
  );
}

/** As which of its majors the step handles a fact that was sent as these. */
function handledAs(majors: Majors, sentAs: readonly string[], at: number | string | undefined): string[] {
  const time = typeof at === 'number' ? new Date(at).toISOString() : at;
  return sentAs.filter((type) => {
    const alsosentas = sentAs.filter((id) => id !== type).join(',');
    const extensions: Record<string, string> = alsosentas === '' ? {} : { alsosentas };
    return !majors.isHandledAsAnother({ id: '1', source: '/s', type, extensions, ...(time && { time }) });
  });
}

describe('a fact that was sent as several majors', () => {
  it('is handled as exactly one of those that a step takes, whenever its durables were made', () => {
    const made = fc.dictionary(fc.constantFrom(...IDS), fc.nat(YEAR), { minKeys: 1, noNullPrototype: true });
    const at = fc.option(fc.oneof(fc.nat(2 * YEAR), fc.constant('no time at all')), { nil: undefined });
    fc.assert(
      fc.property(made, fc.subarray(IDS, { minLength: 1 }), at, (madeAt, sentAs, time) => {
        const taken = sentAs.filter((id) => id in madeAt);
        const handled = handledAs(step(madeAt), sentAs, time).filter((id) => id in madeAt);
        expect(handled).toHaveLength(Math.min(1, taken.length));
      }),
    );
  });

  it('is handled as the newest by a step that took all from the start', () => {
    const fresh = step({ [V3]: YEAR, [V2]: YEAR, [V1]: YEAR + 5 });
    for (const at of [0, YEAR, YEAR + 3, 2 * YEAR, undefined])
      expect(handledAs(fresh, IDS, at)).toEqual([V3]);
    expect(handledAs(fresh, [V2, V1], 2 * YEAR)).toEqual([V2]);
  });

  it('stays with the older major when it is from before the newer one had a durable', () => {
    const grown = step({ [V1]: 0, [V2]: YEAR });
    expect(handledAs(grown, [V2, V1], YEAR - 1)).toEqual([V1]);
    expect(handledAs(grown, [V2, V1], undefined)).toEqual([V1]);
    expect(handledAs(grown, [V2, V1], 'some day')).toEqual([V1]);
    expect(handledAs(grown, [V2], YEAR - 1)).toEqual([V2]);
  });

  it('stays there for another minute, by which clocks may differ', () => {
    const grown = step({ [V1]: 0, [V2]: YEAR });
    expect(handledAs(grown, [V2, V1], YEAR + MINUTE - 1)).toEqual([V1]);
    expect(handledAs(grown, [V2, V1], YEAR + MINUTE)).toEqual([V2]);
  });

  it('is not left to a message of another type, whatever it says', () => {
    const [own] = handledAs(step({ [V1]: 0, [V2]: 0 }), [V1, 'order.paid.v2'], YEAR);
    expect(own).toBe(V1);
  });
});
