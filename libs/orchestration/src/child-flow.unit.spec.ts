import { describe, expect, it } from 'vitest';
import { childFlowId, childFlowOf } from './child-flow.ts';

describe('the id of a child flow', () => {
  it.each(['o-1', 'o-1/carrier/2', 'zürich\n/x', 'a/b/c/d'])(
    'says whose it is, for a flow "%s"',
    (parent) => {
      const child = { parent, name: 'carrier', n: 12 };
      expect(childFlowOf(childFlowId(child))).toEqual(child);
    },
  );

  it.each([
    '',
    'o-1',
    'o-1/carrier',
    'o-1/carrier/0',
    'o-1/carrier/01',
    'o-1/Carrier/1',
    '/carrier/1',
    'o-1/carrier/1/',
  ])('is not read from "%s"', (id) => {
    expect(childFlowOf(id)).toBeUndefined();
  });
});
