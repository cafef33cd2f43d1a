import { contractOf, exampleOf } from '@troupe/contract';
import { describe, expect, it } from 'vitest';
import { ItemMissing, ItemPick, ItemPicked, ItemRestock, ItemRestocked } from './index.ts';

const pick: ItemPick = {
  fulfilmentId: 'f-1001',
  line: 1,
  sku: 'TENT-2P',
  quantity: 1,
  bringTo: 'hall-1/bay-04',
};
const picked: ItemPicked = {
  fulfilmentId: 'f-1001',
  line: 1,
  pickId: 'pick-1',
  sku: 'TENT-2P',
  quantity: 1,
};
const missing: ItemMissing = {
  fulfilmentId: 'f-1001',
  line: 1,
  sku: 'LANTERN-9',
  wanted: 1,
  available: 0,
};
const one = { fulfilmentId: 'f-1001', pickId: 'pick-1' };

describe.each([
  { contract: contractOf<object>(ItemPick), id: 'item.pick.v1', kind: 'command', example: pick },
  { contract: contractOf<object>(ItemPicked), id: 'item.picked.v1', kind: 'event', example: picked },
  { contract: contractOf<object>(ItemMissing), id: 'item.missing.v1', kind: 'event', example: missing },
  { contract: contractOf<object>(ItemRestock), id: 'item.restock.v1', kind: 'command', example: one },
  { contract: contractOf<object>(ItemRestocked), id: 'item.restocked.v1', kind: 'event', example: one },
])('$id', ({ contract, id, kind, example }) => {
  const broken = (value: object): string[] => contract.violationsOfProduced(value).map(({ path }) => path);

  it('is enforced by its compiled schema', () => {
    expect(contract).toMatchObject({ id, owner: 'picking', kind });
    expect(contract.fallbackReasons).toEqual([]);
    expect(contract.enforcement).toBe('compiled');
  });

  it('takes its example, and what it cannot do without is each of its fields', () => {
    expect(broken(example)).toEqual([]);
    expect([...new Set(broken({}))]).toEqual(Object.keys(example).map((field) => `/${field}`));
  });

  it('has an example of each of its fields, and takes it', () => {
    const { message = {}, missing } = exampleOf(contract.producedSchema);
    expect(missing).toEqual([]);
    expect(broken(message)).toEqual([]);
    expect(Object.keys(message)).toEqual(Object.keys(example));
  });
});

it.each<[string, object, string]>([
  ['of line 0', { line: 0 }, '/line'],
  ['of line 10,001', { line: 10_001 }, '/line'],
  ['of half a piece', { quantity: 0.5 }, '/quantity'],
  ['to nowhere', { bringTo: '' }, '/bringTo'],
])('refuses a pick %s', (_, change, path) => {
  const violations = contractOf(ItemPick).violationsOfProduced({ ...pick, ...change });
  expect(violations.map((violation) => violation.path)).toContain(path);
});
