import { expect, it } from 'vitest';
import { ChoreographyError } from '../errors.ts';
import { SHOP } from '../shop.spec.support.ts';
import { readChoreography } from './choreography.ts';

it('a choreography is taken as it is written, with what the ledger does not need', () => {
  const contracts = SHOP.contracts.map((contract) => ({ ...contract, owner: 'shop' }));
  const apps = SHOP.apps.map((app) => ({ ...app, produces: [] }));
  expect(readChoreography(JSON.parse(JSON.stringify({ format: 1, contracts, apps })))).toMatchObject(SHOP);
});

it.each([
  [null, 'is no JSON object'],
  ['x', 'is no JSON object'],
  [{}, 'has format undefined, not 1'],
  [{ ...SHOP, format: 2 }, 'has format 2, not 1'],
  [{ ...SHOP, contracts: [{ id: 'order.placed.v1' }] }, 'lists contracts without id and kind'],
  [{ ...SHOP, contracts: [null] }, 'lists contracts without id and kind'],
  [{ ...SHOP, apps: {} }, 'lists apps without their steps and flows'],
  [{ ...SHOP, apps: [{ app: 'a', steps: [{ step: 'a__b' }], flows: [] }] }, 'lists apps without their steps'],
  [{ ...SHOP, apps: [{ app: 'a', steps: [], flows: [{ starts: 'x' }] }] }, 'lists apps without their steps'],
])('%j is none', (content, problem) => {
  expect(() => readChoreography(content)).toThrow(problem);
  expect(() => readChoreography(content)).toThrow(ChoreographyError);
});
