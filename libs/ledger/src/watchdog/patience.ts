import type { AlertKind, Condition } from './alert.ts';
import type { Verdict } from './conditions.ts';

/** Kinds that a deployment, or a ledger that just starts, brings about for a moment. */
const PATIENT: ReadonlySet<AlertKind> = new Set([
  'step-without-consumer',
  'step-without-instance',
  'ledger-behind',
]);

/** What is wrong, and how sure that is. */
export interface Seen {
  /** What has lasted: an alert of it begins. */
  readonly lasting: readonly Condition[];
  /** Ids of all that is wrong: an alert of another one is over, when its kind was judged. */
  readonly present: ReadonlySet<string>;
  readonly judged: Verdict['judged'];
}

/**
 * Tells what has lasted. Nothing is kept of a condition that went away in between. An alert ends when its condition
 * does: a watchdog that has just started ends none because it has not seen it for long.
 */
export class Patience {
  #first = new Map<string, number>();

  constructor(private readonly patienceMs: number) {}

  see({ conditions, judged }: Verdict, now: number): Seen {
    const first = new Map<string, number>();
    for (const [id, at] of this.#first) if (!judged.has(kindOf(id))) first.set(id, at);
    for (const { id, kind } of conditions) if (PATIENT.has(kind)) first.set(id, this.#first.get(id) ?? now);
    // Whoever was heard of late is not silent.
    const wrong = conditions.filter(({ quietSince = 0 }) => now - quietSince >= this.patienceMs);
    const lasting = wrong.filter(({ id }) => now - (first.get(id) ?? 0) >= this.patienceMs);
    this.#first = first;
    return { lasting, present: new Set(wrong.map(({ id }) => id)), judged };
  }
}

function kindOf(id: string): AlertKind {
  return id.split('/', 1)[0] as AlertKind;
}
