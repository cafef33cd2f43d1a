import { describe, expect, it } from 'vitest';
import {
  ContractLockError,
  type LockedContract,
  lockedContractOf,
  lockTextOf,
  standingRevisions,
} from '../index.ts';

const locked: LockedContract = {
  contract: 'order.placed.v1',
  revisions: [
    { kind: 'event', owner: 'shop', schema: { type: 'object', properties: { id: { type: 'string' } } } },
  ],
};

describe('the text of a lock file', () => {
  it('holds what was put in', () => {
    expect(lockedContractOf(lockTextOf(locked), 'a.json')).toEqual(locked);
    const removed = { ...locked, removed: 'never sent' };
    expect(lockedContractOf(lockTextOf(removed), 'a.json')).toEqual(removed);
  });

  it('is the same for the same contract', () => {
    expect(lockTextOf(locked)).toBe(lockTextOf(structuredClone(locked)));
  });

  it.each<[string, string, RegExp]>([
    ['another field', lockTextOf(locked).replace('"id"', '"ids"'), /was edited by hand/],
    [
      'a revision less',
      lockTextOf(locked).replace(/"revisions": \[[^\]]*\]/, '"revisions": []'),
      /was edited by hand/,
    ],
    ['another digest', lockTextOf(locked).replace('sha256:', 'sha256:0'), /was edited by hand/],
    ['a conflict of a merge', `<<<<<<< HEAD\n${lockTextOf(locked)}`, /is no JSON/],
    ['nothing', '', /is no JSON/],
    ['null', 'null', /is no lock file/],
    ['a list', '[]', /is no lock file/],
    ['another format', lockTextOf(locked).replace('"format": 1', '"format": 2'), /is no lock file/],
  ])('with %s is refused', (_, text, problem) => {
    const read = () => lockedContractOf(text, 'contracts.lock/a.json');
    expect(read).toThrow(ContractLockError);
    expect(read).toThrow(problem);
    expect(read).toThrow(/^contracts\.lock\/a\.json .* Take it from git/);
  });
});

describe('the revisions that the code must still go with', () => {
  const [first] = locked.revisions;
  const broken = { ...first!, break: 'not sent yet' };

  it('are all of them, or those from the last that was allowed to break', () => {
    expect(standingRevisions([first!, first!])).toHaveLength(2);
    expect(standingRevisions([first!, broken, first!])).toEqual([broken, first]);
    expect(standingRevisions([broken, first!, broken])).toEqual([broken]);
    expect(standingRevisions([])).toEqual([]);
  });
});
