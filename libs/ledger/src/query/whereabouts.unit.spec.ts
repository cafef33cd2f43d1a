import { describe, expect, it } from 'vitest';
import { flow } from '../model/flow.spec.support.ts';
import { ordered } from './whereabouts.ts';

const named = (id: string, parent?: string) => flow([], { id, parent });
const shown = (...flows: ReturnType<typeof named>[]) => {
  const { heads, all } = ordered(flows);
  return [heads.map(({ id }) => id), all.map(({ id }) => id)];
};

describe('flows that a key leads to', () => {
  it('stand behind the one that handed off to them, however young they are', () => {
    const flows = [named('a/b/1/c/1', 'a/b/1'), named('z'), named('a/b/1', 'a'), named('a')];
    expect(shown(...flows)).toEqual([
      ['z', 'a'],
      ['z', 'a', 'a/b/1', 'a/b/1/c/1'],
    ]);
  });

  it('stand alone when the key does not lead to the one that handed off', () => {
    expect(shown(named('a/b/1', 'a'))).toEqual([['a/b/1'], ['a/b/1']]);
  });

  it('are all there, though each names another as its parent', () => {
    expect(shown(named('a', 'b'), named('b', 'a'))).toEqual([
      ['a', 'b'],
      ['a', 'b'],
    ]);
    expect(shown(named('a', 'a'))).toEqual([['a'], ['a']]);
  });
});
