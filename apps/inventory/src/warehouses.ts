/** Where each product lies. What is not listed is not known; what has no warehouse is known and never in stock. */
export const WAREHOUSE_OF: ReadonlyMap<string, string | undefined> = new Map([
  ['TENT-2P', 'east'],
  ['TENT-4P', 'east'],
  ['MAT-XL', 'east'],
  ['STOVE-1', 'west'],
  ['POT-2L', 'west'],
  ['ROPE-30M', 'west'],
  ['LANTERN-9', undefined],
]);
