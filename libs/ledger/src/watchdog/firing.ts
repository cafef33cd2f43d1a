import type { Condition } from './alert.ts';
import type { Seen } from './patience.ts';

/** A condition that has lasted. */
export interface FiringAlert extends Condition {
  /** When this watchdog saw it first, ms since the epoch. */
  readonly since: number;
}

/** What fires as one watchdog sees it, with what was seen last of what it cannot look at now. */
export class Firing {
  #alerts = new Map<string, FiringAlert>();

  get alerts(): readonly FiringAlert[] {
    return [...this.#alerts.values()];
  }

  /** Ends nothing that was not judged. Returns what began and what is over. */
  see(
    { lasting, present, judged }: Seen,
    now: number,
  ): { readonly state: 'firing' | 'resolved'; readonly alert: FiringAlert }[] {
    const before = this.#alerts;
    const kept = [...before.values()].filter(({ id, kind }) => !judged.has(kind) || present.has(id));
    const seen = lasting.map((condition) => ({
      ...condition,
      since: before.get(condition.id)?.since ?? now,
    }));
    this.#alerts = new Map([...kept, ...seen].map((alert) => [alert.id, alert]));
    return [
      ...seen.filter(({ id }) => !before.has(id)).map((alert) => ({ state: 'firing', alert }) as const),
      ...[...before.values()]
        .filter(({ id }) => !this.#alerts.has(id))
        .map((alert) => ({ state: 'resolved', alert }) as const),
    ];
  }
}
