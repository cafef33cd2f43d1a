import { describe, expect, it } from 'vitest';
import { LockError } from '../errors.ts';
import { type LockedContract, lockedIn, textOf } from './locked-contract.ts';

const locked: LockedContract = {
  contract: 'order.placed.v1',
  revisions: [
    { kind: 'event', owner: 'shop', schema: { type: 'object', properties: { id: { type: 'string' } } } },
  ],
};

describe('the text of a lock file', () => {
  it('holds what was put in', () => {
    expect(lockedIn(textOf(locked), 'a.json')).toEqual(locked);
    const removed = { ...locked, removed: 'never sent' };
    expect(lockedIn(textOf(removed), 'a.json')).toEqual(removed);
  });

  it('is the same for the same contract', () => {
    expect(textOf(locked)).toBe(textOf(structuredClone(locked)));
  });

  it.each<[string, string, RegExp]>([
    ['another field', textOf(locked).replace('"id"', '"ids"'), /was edited by hand/],
    [
      'a revision less',
      textOf(locked).replace(/"revisions": \[[^\]]*\]/, '"revisions": []'),
      /was edited by hand/,
    ],
    ['another digest', textOf(locked).replace('sha256:', 'sha256:0'), /was edited by hand/],
    ['a conflict of a merge', `<<<<<<< HEAD\n${textOf(locked)}`, /is no JSON/],
    ['nothing', '', /is no JSON/],
    ['null', 'null', /is no lock file/],
    ['a list', '[]', /is no lock file/],
    ['another format', textOf(locked).replace('"format": 1', '"format": 2'), /is no lock file/],
  ])('with %s is refused', (_, text, problem) => {
    const read = () => lockedIn(text, 'contracts.lock/a.json');
    expect(read).toThrow(LockError);
    expect(read).toThrow(problem);
    expect(read).toThrow(/^contracts\.lock\/a\.json .* Take it from git/);
  });
});
