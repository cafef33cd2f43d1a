import type { Value } from './database.ts';

/** By their keys, and rows of one key as they came: of two who change the same rows, none waits for one that waits. */
export function inOrder(rows: readonly Value[][]): Value[][] {
  return [...rows].sort((a, b) => compare(a[0], b[0]) || compare(a[1], b[1]));
}

function compare(a: Value | undefined, b: Value | undefined): number {
  return a === b ? 0 : (a ?? 0) < (b ?? 0) ? -1 : 1;
}
