import type { ItemPick } from '@shop/contracts-picking';

/** Two stoves for the first line. */
export function wish(change: Partial<ItemPick> = {}): ItemPick {
  return {
    fulfilmentId: 'f-1001',
    line: 1,
    sku: 'STOVE-1',
    quantity: 2,
    bringTo: 'hall-1/bay-04',
    ...change,
  };
}
