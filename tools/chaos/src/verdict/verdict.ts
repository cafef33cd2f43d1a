import type { Evidence } from '../evidence/evidence.ts';
import { doubledEffects } from './effects.ts';
import { unaccountedMessages } from './messages.ts';
import { outcomesOf } from './outcomes.ts';

/** What became of a run: figures, and a sentence for each thing that is wrong. */
export interface Verdict {
  readonly accepted: number;
  readonly exactlyOnce: number;
  /** Accepted orders without their whole outcome. */
  readonly lost: readonly string[];
  /** Orders with more than one outcome, and effects that happened more than once. */
  readonly doubled: readonly string[];
  /** Messages, dead letters, effects and pieces that nothing explains. */
  readonly unaccounted: readonly string[];
  /** When each order that came through had its whole outcome, milliseconds since 1970. */
  readonly outcomeAt: ReadonlyMap<string, number>;
}

export function verdictOf(evidence: Evidence): Verdict {
  const { lost, doubled, exactlyOnce, outcomeAt } = outcomesOf(evidence);
  return {
    accepted: evidence.accepted.length,
    exactlyOnce,
    lost,
    doubled: [...doubled, ...doubledEffects(evidence)],
    unaccounted: unaccountedMessages(evidence),
    outcomeAt,
  };
}

export function isClean({ lost, doubled, unaccounted }: Verdict): boolean {
  return lost.length + doubled.length + unaccounted.length === 0;
}
