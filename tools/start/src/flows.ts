import type { DeclaredEnd } from './samples.ts';
import type { Sighting } from './sighting.ts';

/** What was seen of one flow so far. */
export interface Flow {
  readonly id: string;
  /** Counts flows from 0, in the order of their first sighting. */
  readonly number: number;
  /** Milliseconds since 1970 of the first and the latest sighting. */
  readonly first: number;
  readonly latest: number;
  /** How many events of each type. */
  readonly events: ReadonlyMap<string, number>;
  readonly deadLetters: readonly Sighting[];
}

/** How many flows are remembered: a demonstration that runs for days must not grow for days. */
const REMEMBERED = 1_000;

/** Keeps the latest flows, and tells when one changed. */
export class Flows {
  readonly #flows = new Map<string, Flow>();
  readonly #waiting = new Set<() => void>();
  #count = 0;

  /** Adds a sighting, and answers with its flow and the time since the previous one of that flow. */
  record(
    sighting: Sighting,
  ): { readonly flow: Flow; readonly sincePrevious: number | undefined } | undefined {
    const { flowId } = sighting;
    if (flowId === undefined) return undefined;
    const known = this.#flows.get(flowId);
    const flow = extend(known ?? begin(flowId, this.#count++, sighting.at), sighting);
    this.#flows.set(flowId, flow);
    if (this.#flows.size > REMEMBERED) this.#forgetOldest();
    for (const changed of this.#waiting) changed();
    return { flow, sincePrevious: known && sighting.at - known.latest };
  }

  get(flowId: string): Flow | undefined {
    return this.#flows.get(flowId);
  }

  /** Resolves when `condition` holds, which is asked after every sighting, or when `stop` is aborted. */
  async until(condition: () => boolean, stop: AbortSignal): Promise<void> {
    while (!condition() && !stop.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          this.#waiting.delete(done);
          stop.removeEventListener('abort', done);
          resolve();
        };
        this.#waiting.add(done);
        stop.addEventListener('abort', done);
      });
    }
  }

  #forgetOldest(): void {
    const [oldest] = this.#flows.keys();
    if (oldest !== undefined) this.#flows.delete(oldest);
  }
}

/** Whether so many of such events were seen in a flow. */
export function hasReached(flow: Flow | undefined, end: DeclaredEnd): boolean {
  return (flow?.events.get(end.type) ?? 0) >= end.count;
}

/** How many events a flow has had. */
export function eventCount(flow: Flow): number {
  let count = 0;
  for (const ofType of flow.events.values()) count += ofType;
  return count;
}

function begin(id: string, number: number, at: number): Flow {
  return { id, number, first: at, latest: at, events: new Map(), deadLetters: [] };
}

function extend(flow: Flow, sighting: Sighting): Flow {
  const { kind, type, at } = sighting;
  const seen = { ...flow, first: Math.min(flow.first, at), latest: Math.max(flow.latest, at) };
  if (kind === 'dead letter') return { ...seen, deadLetters: [...flow.deadLetters, sighting] };
  if (kind === 'notice') return flow;
  return { ...seen, events: new Map(flow.events).set(type, (flow.events.get(type) ?? 0) + 1) };
}
