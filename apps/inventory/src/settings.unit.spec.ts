import { expect, it } from 'vitest';
import { readInventorySettings } from './settings.ts';

const unitsIn = (variables: NodeJS.ProcessEnv) => readInventorySettings(variables).units;

it('has a million of each product unless told otherwise', () => {
  expect(unitsIn({})).toBe(1_000_000);
  expect(unitsIn({ INVENTORY_UNITS: '' })).toBe(1_000_000);
  expect(unitsIn({ INVENTORY_UNITS: '0' })).toBe(0);
  expect(unitsIn({ INVENTORY_UNITS: '12' })).toBe(12);
});

it.each(['-1', '1.5', 'many', '1e3', '99999999999999999999'])('refuses INVENTORY_UNITS=%s', (value) => {
  expect(() => unitsIn({ INVENTORY_UNITS: value })).toThrow(/INVENTORY_UNITS is ".*".*whole number/);
});
