import { CARRIERS } from '../carriers.ts';
import { Random } from '../random.ts';
import type { FulfilmentKind } from './fulfilling.ts';
import type { FulfilmentProfile } from './profile.ts';

/** A fulfilment and when to ask for it, in milliseconds from the beginning. */
export interface PlannedFulfilment {
  readonly atMs: number;
  readonly kind: FulfilmentKind;
}

/** Everything that a run does, in the order of time. The same seed gives the same plan. */
export interface FulfilmentPlan {
  readonly fulfilments: readonly PlannedFulfilment[];
  /** Processes that die together, time by time; after the last time it begins anew. */
  readonly kills: readonly (readonly string[])[];
}

/** Two instances of one app: what the one has not finished, the other may. */
export const ORCHESTRATORS: readonly [string, string] = ['fulfilment', 'fulfilment-2'];

const KILLS = 100;
/** One of the two dies each time, and every so often both, or a carrier: of a hundred times. */
const BOTH_DIE = 30;
const CARRIER_DIES = 20;

export function planOf({ fulfilments, seconds }: FulfilmentProfile, seed: number): FulfilmentPlan {
  const random = new Random(seed);
  return {
    fulfilments: Array.from({ length: fulfilments }, (_, i) => ({
      atMs: Math.round((i * seconds * 1_000) / fulfilments),
      kind: kindOf(random),
    })),
    kills: Array.from({ length: KILLS }, (_, i) => victimsOf(random, i)),
  };
}

/** The second time it is a carrier's turn in any case: no run is so short that none dies. */
function victimsOf(random: Random, time: number): readonly string[] {
  const lot = random.whole(1, 100);
  if (time === 1 || lot <= CARRIER_DIES) return [random.oneOf(CARRIERS)];
  return lot <= CARRIER_DIES + BOTH_DIE ? ORCHESTRATORS : [random.oneOf(ORCHESTRATORS)];
}

function kindOf(random: Random): FulfilmentKind {
  const lot = random.whole(1, 100);
  if (lot <= 15) return 'refused';
  if (lot <= 30) return 'partial';
  return lot <= 40 ? 'large' : 'whole';
}
