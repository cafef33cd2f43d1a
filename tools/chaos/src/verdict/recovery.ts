import type { InflictedFault } from '../faults/schedule.ts';
import type { FaultKind } from '../profile.ts';
import type { AcceptedOrder } from '../shopping.ts';

/** What followed one fault. Milliseconds. */
export interface Aftermath {
  /** Since the beginning of the run. */
  readonly atMs: number;
  /** The app, where one was hit. */
  readonly app?: string;
  /** From the beginning of the fault until every order that was accepted before it had its outcome. */
  readonly through: number;
  /** The longest time in which no order had its outcome, from the beginning of the fault until 10 s after its end. */
  readonly silence: number;
}

/** How the system recovered from one kind of fault. */
export interface Recovery {
  readonly kind: FaultKind;
  readonly throughMedian: number;
  readonly throughLongest: number;
  readonly silenceMedian: number;
  readonly silenceLongest: number;
  /** Fault by fault. */
  readonly faults: readonly Aftermath[];
}

const AFTERMATH = 10_000;

export function recoveriesOf(
  inflicted: readonly InflictedFault[],
  accepted: readonly AcceptedOrder[],
  outcomeAt: ReadonlyMap<string, number>,
): Recovery[] {
  const outcomes = [...outcomeAt.values()].toSorted((one, other) => one - other);
  const byKind = Map.groupBy(inflicted, ({ kind }) => kind);
  return [...byKind].map(([kind, ofKind]) => {
    const faults = ofKind.map((fault): Aftermath => {
      const { atMs, app } = fault;
      const through = throughAfter(fault, accepted, outcomeAt);
      return { atMs, ...(app !== undefined && { app }), through, silence: silenceIn(fault, outcomes) };
    });
    const through = faults.map((fault) => fault.through).toSorted(ascending);
    const silence = faults.map((fault) => fault.silence).toSorted(ascending);
    return {
      kind,
      throughMedian: median(through),
      throughLongest: through.at(-1) ?? 0,
      silenceMedian: median(silence),
      silenceLongest: silence.at(-1) ?? 0,
      faults,
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
