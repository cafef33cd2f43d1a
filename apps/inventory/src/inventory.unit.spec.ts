import { describe, expect, it } from 'vitest';
import { Inventory } from './inventory.ts';

describe('an inventory', () => {
  it('sets aside in each warehouse what lies there', () => {
    const lines = [
      { sku: 'TENT-2P', quantity: 1 },
      { sku: 'STOVE-1', quantity: 2 },
      { sku: 'MAT-XL', quantity: 3 },
    ];
    expect(new Inventory(10).reserve('k', lines)).toEqual({
      reserved: true,
      allocations: [
        {
          warehouse: 'east',
          lines: [
            { sku: 'TENT-2P', quantity: 1 },
            { sku: 'MAT-XL', quantity: 3 },
          ],
        },
        { warehouse: 'west', lines: [{ sku: 'STOVE-1', quantity: 2 }] },
      ],
    });
  });

  it('has fewer pieces afterwards', () => {
    const inventory = new Inventory(10);
    inventory.reserve('k', [{ sku: 'TENT-2P', quantity: 4 }]);
    expect(inventory.available('TENT-2P')).toBe(6);
  });

  it('never has a lantern, and none of what it does not know', () => {
    const lines = [
      { sku: 'LANTERN-9', quantity: 1 },
      { sku: 'SOFA', quantity: 2 },
    ];
    expect(new Inventory(10).reserve('k', lines)).toEqual({
      reserved: false,
      shortages: [
        { sku: 'LANTERN-9', wanted: 1, available: 0 },
        { sku: 'SOFA', wanted: 2, available: 0 },
      ],
    });
  });

  it('sets nothing aside when one product is short', () => {
    const inventory = new Inventory(10);
    const lines = [
      { sku: 'TENT-2P', quantity: 1 },
      { sku: 'STOVE-1', quantity: 11 },
    ];
    expect(inventory.reserve('k', lines)).toEqual({
      reserved: false,
      shortages: [{ sku: 'STOVE-1', wanted: 11, available: 10 }],
    });
    expect(inventory.available('TENT-2P')).toBe(10);
  });

  it('adds up the lines of one product', () => {
    const inventory = new Inventory(3);
    const twice = [
      { sku: 'TENT-2P', quantity: 2 },
      { sku: 'TENT-2P', quantity: 2 },
    ];
    expect(inventory.reserve('k', twice)).toEqual({
      reserved: false,
      shortages: [{ sku: 'TENT-2P', wanted: 4, available: 3 }],
    });
  });

  it('gives the same answer to the same key, although the stock has changed, and takes nothing again', () => {
    const inventory = new Inventory(2);
    const lines = [{ sku: 'TENT-2P', quantity: 2 }];
    const first = inventory.reserve('first', lines);
    const second = inventory.reserve('second', lines);
    expect(first.reserved).toBe(true);
    expect(second.reserved).toBe(false);
    expect(inventory.reserve('first', lines)).toEqual(first);
    expect(inventory.reserve('second', lines)).toEqual(second);
    expect(inventory.available('TENT-2P')).toBe(0);
  });
});
