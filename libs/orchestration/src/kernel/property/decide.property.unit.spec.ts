import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { expectedOf } from './model.spec.support.ts';
import { programs } from './program.spec.support.ts';
import { World } from './world.spec.support.ts';

vi.setConfig({ testTimeout: 120_000 });

const RUNS = 300;

describe('any orchestration, whatever is delivered twice, late or in another order, and wherever its process dies', () => {
  it('comes to what its program comes to in sequence, sends each command once, and ends once', () => {
    fc.assert(
      fc.property(programs, fc.integer(), (program, seed) => {
        const world = new World(program, seed);
        world.run();
        const expected = expectedOf(program);
        expect(world.record).toMatchObject({ status: 'completed', timers: [], deferred: [] });
        expect(world.record?.snapshot?.context.log).toEqual(expected.log);
        expect(new Set(world.commands.keys())).toEqual(expected.commands);
        expect([...world.commands].filter(([, ids]) => ids.size !== 1)).toEqual([]);
        expect([...world.ends]).toEqual([expect.stringContaining('parcel.ready.v1')]);
      }),
      { numRuns: RUNS },
    );
  });

  it('is undone once and wholly when it is cancelled at any time, or was complete before', () => {
    fc.assert(
      fc.property(programs, fc.integer(), fc.integer({ min: 1, max: 60 }), (program, seed, cancelAt) => {
        const world = new World(program, seed, cancelAt);
        world.run();
        expect(world.ends.size).toBe(1);
        if (world.record?.status === 'completed') {
          expect(world.undos.size).toBe(0);
          expect(world.record.snapshot?.context.log).toEqual(expectedOf(program).log);
          return;
        }
        expect(world.record).toMatchObject({ status: 'cancelled', compensation: { queue: [], failed: 0 } });
        expect(new Set(world.undos.keys())).toEqual(world.done);
        expect([...world.undos].filter(([, ids]) => ids.size !== 1)).toEqual([]);
        expect([...world.commands].filter(([, ids]) => ids.size !== 1)).toEqual([]);
      }),
      { numRuns: RUNS },
    );
  });
});
