import type { Spread } from './statistics.ts';
import { aligned } from './table.ts';

/** A figure and what it is to be. */
export interface Goal {
  readonly name: string;
  readonly ratio: number;
  readonly goal: string;
  readonly reached: boolean;
}

export function atLeast(name: string, ratio: number, bound: number): Goal {
  return { name, ratio, goal: `≥ ${bound.toFixed(1)}`, reached: ratio >= bound };
}

export function atMost(name: string, ratio: number, bound: number): Goal {
  return { name, ratio, goal: `≤ ${bound.toFixed(1)}`, reached: ratio <= bound };
}

/** A line for each goal. */
export function goalLines(goals: readonly Goal[]): string[] {
  return aligned(
    goals.map(({ name, ratio, goal, reached }) => [
      name,
      ratio.toFixed(2),
      `goal ${goal}`,
      reached ? 'reached' : 'MISSED',
    ]),
  );
}

/** Median and, in brackets, the lowest and the highest. */
export function cell({ median, min, max }: Spread, digits: number): string {
  const [middle, low, high] = [median, min, max].map((value) => value.toFixed(digits));
  return `${middle} (${low}–${high})`;
}
