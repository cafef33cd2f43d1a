import type { InflictedFault } from '../faults/schedule.ts';
import type { AcceptedOrder } from '../load.ts';
import type { FaultKind } from '../profile.ts';

/** How long the orders that a fault found on their way took to get through, by kind of fault. Milliseconds. */
export interface Recovery {
  readonly kind: FaultKind;
  readonly faults: number;
  /** From the beginning of a fault until every order that was accepted before it had its outcome. */
  readonly throughMedian: number;
  readonly throughLongest: number;
  /** The longest time in which no order had its outcome, from the beginning of a fault until 10 s after its end. */
  readonly silenceMedian: number;
  readonly silenceLongest: number;
}

const AFTERMATH = 10_000;

export function recoveriesOf(
  faults: readonly InflictedFault[],
  accepted: readonly AcceptedOrder[],
  outcomeAt: ReadonlyMap<string, number>,
): Recovery[] {
  const outcomes = [...outcomeAt.values()].toSorted((one, other) => one - other);
  const byKind = Map.groupBy(faults, ({ kind }) => kind);
  return [...byKind].map(([kind, ofKind]) => {
    const through = ofKind.map((fault) => throughAfter(fault, accepted, outcomeAt)).toSorted(ascending);
    const silence = ofKind.map((fault) => silenceIn(fault, outcomes)).toSorted(ascending);
    return {
      kind,
      faults: ofKind.length,
      throughMedian: median(through),
      throughLongest: through.at(-1) ?? 0,
      silenceMedian: median(silence),
      silenceLongest: silence.at(-1) ?? 0,
    };
  });
}

/** Poisonous orders never get through, so they do not count. */
function throughAfter(
  { began }: InflictedFault,
  accepted: readonly AcceptedOrder[],
  outcomeAt: ReadonlyMap<string, number>,
): number {
  let last = began;
  for (const { orderId, acceptedAt } of accepted) {
    if (acceptedAt <= began) last = Math.max(last, outcomeAt.get(orderId) ?? began);
  }
  return last - began;
}

function silenceIn({ began, ended }: InflictedFault, outcomes: readonly number[]): number {
  const until = ended + AFTERMATH;
  const within = outcomes.filter((at) => at >= began && at <= until);
  const moments = [began, ...within, until];
  return Math.max(...moments.slice(1).map((at, i) => at - (moments[i] ?? at)));
}

function median(sorted: readonly number[]): number {
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

function ascending(one: number, other: number): number {
  return one - other;
}
