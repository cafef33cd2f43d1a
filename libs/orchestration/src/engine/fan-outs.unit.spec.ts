import { EffectsUnavailableError } from '@troupe/jetstream';
import { describe, expect, it } from 'vitest';
import { bitsOf } from '../kernel/bits.ts';
import type { BranchRecord, FanOutRecord } from '../record.ts';
import type { Bucket } from './bucket.ts';
import { FanOuts } from './fan-outs.ts';
import { keys } from './keys.ts';

const join: FanOutRecord = {
  id: 'picks',
  join: 'all',
  total: 2,
  sent: 1,
  over: bitsOf(2),
  answered: 2,
  failed: 0,
  joined: true,
};
const branch = (index: number, status: BranchRecord['status']): BranchRecord => ({
  id: `command-${index}`,
  fanOut: 'picks',
  key: `${index}`,
  index,
  contract: 'item.pick.v1',
  status,
  dispatchedAt: '2026-01-01T00:00:00.000Z',
});

describe('the branches of a fan-out', () => {
  it.each([
    ['knows fewer branches', [branch(0, 'answered')]],
    ['does not know yet that one was answered', [branch(0, 'answered'), branch(1, 'open')]],
  ])('are not believed when the copy that answers %s', async (_, branches) => {
    const fanOuts = new FanOuts(bucketWith(branches), 'parcel', '60s');
    await expect(fanOuts.branches('p-1', 'picks')).rejects.toThrow(EffectsUnavailableError);
  });

  it('are given in the order in which they were dispatched', async () => {
    const branches = [
      branch(1, 'answered'),
      branch(0, 'answered'),
      { ...branch(2, 'open'), fanOut: 'other' },
    ];
    const fanOuts = new FanOuts(bucketWith(branches), 'parcel', '60s');
    expect((await fanOuts.branches('p-1', 'picks')).map(({ index }) => index)).toEqual([0, 1]);
    expect(await fanOuts.branches('p-1', 'unknown')).toEqual([]);
  });
});

/** What reading needs of a bucket whose leader knows the join. */
function bucketWith(branches: readonly BranchRecord[]): Bucket {
  const entries = branches.map((record, revision) => [record.id, { record, revision }] as const);
  return {
    name: 'orc_shop',
    get: async (key: string) => ({
      record: key === keys.fanOut('parcel', 'p-1', 'picks') ? join : undefined,
      revision: 1,
    }),
    all: async () => new Map(entries),
  } as unknown as Bucket;
}
