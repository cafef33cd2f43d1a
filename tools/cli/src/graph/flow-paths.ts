import type { DeclaredFlow } from '@troupe/ledger';
import type { Routes } from './routes.ts';

/** A way on which a flow would never be completed, or an end that it never comes to. */
export interface FlowFinding {
  readonly rule: 'flow-path-open' | 'flow-cycle' | 'flow-end-unreached';
  /** The contract that starts the flow. */
  readonly contract: string;
  readonly message: string;
  /** Contracts and steps by turns, from the flow's start; the shortest one. */
  readonly path?: readonly string[];
}

/**
 * Proves that every path of a flow reaches one of its ends, or names those that do not: they break off at a contract
 * of which no step makes another message, or go round for ever. A path is done at the first end that it comes to.
 *
 * The proof is about what steps may emit; that a step with several outputs chooses one of them is for it to see to.
 */
export function flowFindings({ starts, ends }: DeclaredFlow, routes: Routes): FlowFinding[] {
  const reached = reach(starts, new Set(ends), routes);
  const toEnd = leading(reached, new Set(ends));
  const brokenOff = [...reached.values()].filter(
    ({ contract, next }) => next.length === 0 && !ends.includes(contract),
  );
  const toBreak = leading(reached, new Set(brokenOff.map(({ contract }) => contract)));
  const round = [...reached.values()].filter(
    ({ contract }) => !toEnd.has(contract) && !toBreak.has(contract),
  );
  return [
    ...brokenOff.map(({ contract, path }): FlowFinding => {
      const message = `The flow of ${starts} breaks off at ${contract}: it is no end, and no step goes on from it.`;
      return { rule: 'flow-path-open', contract: starts, message: withPath(message, path), path };
    }),
    ...cycles(round, reached).map((path): FlowFinding => {
      const message = `The flow of ${starts} goes round with no way to an end.`;
      return { rule: 'flow-cycle', contract: starts, message: withPath(message, path), path };
    }),
    ...ends
      .filter((end) => !reached.has(end))
      .map((end): FlowFinding => {
        const message = `The flow of ${starts} never comes to its end ${end}.`;
        return { rule: 'flow-end-unreached', contract: starts, message };
      }),
  ];
}

/** A contract that a flow comes to. */
interface Stop {
  readonly contract: string;
  /** From the start to it. */
  readonly path: readonly string[];
  /** What comes after it, and by which step; nothing after an end. */
  readonly next: readonly { readonly step: string; readonly contract: string }[];
}

/** Breadth first, so that the paths are the shortest ones. */
function reach(starts: string, ends: ReadonlySet<string>, { takers }: Routes): Map<string, Stop> {
  const stops = new Map<string, Stop>();
  const waiting: { contract: string; path: readonly string[] }[] = [{ contract: starts, path: [starts] }];
  for (const { contract, path } of waiting) {
    if (stops.has(contract)) continue;
    const next = ends.has(contract)
      ? []
      : takers(contract).flatMap(({ step, emits }) => emits.map((id) => ({ step, contract: id })));
    stops.set(contract, { contract, path, next });
    for (const one of next) waiting.push({ contract: one.contract, path: [...path, one.step, one.contract] });
  }
  return stops;
}

/** The contracts from which one of the targets can be come to, the targets among them. */
function leading(stops: ReadonlyMap<string, Stop>, targets: ReadonlySet<string>): Set<string> {
  const found = new Set([...targets].filter((target) => stops.has(target)));
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { contract, next } of stops.values()) {
      if (next.some((one) => found.has(one.contract))) found.add(contract);
    }
  }
  return found;
}

/** One path into each circle and once round it. */
function cycles(round: readonly Stop[], stops: ReadonlyMap<string, Stop>): (readonly string[])[] {
  const seen = new Set<string>();
  const paths: (readonly string[])[] = [];
  for (const first of round) {
    let stop: Stop | undefined = first;
    const way: string[] = [...first.path];
    const passed = new Set<string>();
    while (stop !== undefined && !seen.has(stop.contract)) {
      seen.add(stop.contract);
      passed.add(stop.contract);
      const following: Stop['next'][number] | undefined = stop.next[0];
      if (following === undefined) break;
      way.push(following.step, following.contract);
      if (passed.has(following.contract)) paths.push(way);
      stop = stops.get(following.contract);
    }
  }
  return paths;
}

function withPath(message: string, path: readonly string[]): string {
  return `${message} Path: ${path.join(' → ')}`;
}
