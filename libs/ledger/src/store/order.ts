import type { Value } from './database.ts';

/** By their keys, and rows of one key as they came: of two who change the same rows, none waits for one that waits. */
export function inOrder(rows: readonly Value[][]): Value[][] {
  const isNumbered = typeof rows[0]?.[0] === 'number' && typeof rows[0][1] === 'number';
  return isNumbered ? [...(rows as number[][])].sort(byNumbers) : [...rows].sort(byKeys);
}

/** Most rows are named by numbers, which take less to compare. */
function byNumbers(a: readonly number[], b: readonly number[]): number {
  return (a[0] as number) - (b[0] as number) || (a[1] as number) - (b[1] as number);
}

function byKeys(a: readonly Value[], b: readonly Value[]): number {
  return compare(a[0], b[0]) || compare(a[1], b[1]);
}

function compare(a: Value | undefined, b: Value | undefined): number {
  return a === b ? 0 : (a ?? 0) < (b ?? 0) ? -1 : 1;
}
