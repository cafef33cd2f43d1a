import { durationOf } from '@troupe/jetstream';
import type { DeclaredFlow } from '../model/choreography.ts';
import type { Flow } from '../model/flow.ts';
import { stepsOf } from '../model/judge.ts';
import { isSettled } from '../model/settlement.ts';

/**
 * Why a flow does not go on: `overdue`, a step's next event did not come in time; `no-consumer`, nobody takes a
 * message; `late`, the flow as a whole is past its deadline.
 */
export type StallCause = 'overdue' | 'no-consumer' | 'late';

/** One place at which flows do not go on. */
export interface Stall {
  readonly cause: StallCause;
  readonly app: string;
  /** `<app>__<step>`: who should act. */
  readonly step: string;
  /** Contract id of the message that is not answered; of the one that opened the flow when none is under way. */
  readonly type: string;
  /** Contract ids of which one should have come. */
  readonly missing: readonly string[];
  /** Since when, ms since the epoch. */
  readonly since: number;
}

/** What flows are held against. */
export interface Declared {
  flowOf(type: string): DeclaredFlow | undefined;
  /** Steps that emit one of these contracts. */
  emittersOf(types: readonly string[]): readonly { readonly app: string; readonly step: string }[];
}

/** Where a flow does not go on. A dead letter is no stall: it has an alert of its own, which ends when it is dealt with. */
export function stallsOf(flow: Flow, declared: Declared, now: number): Stall[] {
  const open = [...stepsOf(flow.roots)].filter(
    ({ settlement }) => !isSettled(settlement) && settlement.state !== 'dead-lettered',
  );
  const stalls = open.flatMap(({ app, step, message, settlement, overdue }): Stall[] => {
    const about = { app, step, type: message.type };
    if (settlement.state === 'waiting' && settlement.noConsumer)
      return [{ cause: 'no-consumer', ...about, missing: overdue?.expected ?? [], since: message.at }];
    if (overdue === undefined) return [];
    return [{ cause: 'overdue', ...about, missing: overdue.expected, since: now - overdue.byMs }];
  });
  if (stalls.length > 0) return stalls;
  const since = deadlineOf(flow, declared);
  if (since === undefined || since > now) return [];
  const missing = flow.end === undefined ? (declared.flowOf(flow.type)?.ends ?? []) : [];
  const late = { cause: 'late', missing, since } as const;
  if (open.length > 0)
    return open.map(({ app, step, message }) => ({ ...late, app, step, type: message.type }));
  if (flow.state === 'failed') return [];
  return declared.emittersOf(missing).map(({ app, step }) => ({ ...late, app, step, type: flow.type }));
}

function deadlineOf({ type, startedAt }: Flow, declared: Declared): number | undefined {
  const within = durationOf(declared.flowOf(type)?.within);
  return within === undefined ? undefined : startedAt + within;
}

/** Flows that do not go on at one place. */
export interface StallGroup extends Stall {
  readonly flows: number;
  /** Id of the flow that stands there longest, since `since`. */
  readonly oldest: string;
}

/** Steps and contracts are few; a foreign sender can make up any number of types. */
const MOST_PLACES = 500;

/** Counts flows by the place at which they stand: memory is bounded by the places, not by the flows. */
export class StallCount {
  readonly #groups = new Map<string, StallGroup>();

  add(flow: string, stalls: readonly Stall[]): void {
    const places = new Map(stalls.map((stall) => [`${stall.cause} ${stall.step} ${stall.type}`, stall]));
    for (const [place, stall] of places) {
      const group = this.#groups.get(place);
      if (group === undefined && this.#groups.size >= MOST_PLACES) continue;
      const isOlder = group === undefined || stall.since < group.since;
      this.#groups.set(place, {
        ...(isOlder ? { ...stall, oldest: flow } : group),
        flows: (group?.flows ?? 0) + 1,
      });
    }
  }

  get groups(): readonly StallGroup[] {
    return [...this.#groups.values()];
  }
}
