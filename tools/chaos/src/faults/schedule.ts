import { setTimeout as delay } from 'node:timers/promises';
import type { PlannedFault } from '../plan.ts';
import type { Stage } from '../stage.ts';
import { claimOf, inflict } from './fault.ts';

/** A fault that was done. Milliseconds since 1970. */
export interface InflictedFault extends PlannedFault {
  readonly began: number;
  readonly ended: number;
}

/**
 * Does every fault at its time. Several may last at once, but no two of the same thing: then the second one waits.
 * Resolves when the last one is over.
 */
export async function inflictAll(
  faults: readonly PlannedFault[],
  stage: Stage,
  start: number,
  { onFault, stop }: { onFault: (fault: InflictedFault) => void; stop: AbortSignal },
): Promise<InflictedFault[]> {
  const claims = new Map<string, Promise<void>>();
  const inflicted: InflictedFault[] = [];
  for (const [number, fault] of faults.entries()) {
    const wait = start + fault.atMs - Date.now();
    if (wait > 0) await delay(wait, undefined, { signal: stop }).catch(() => undefined);
    if (stop.aborted) break;
    const claim = claimOf(fault);
    const turn = (claims.get(claim) ?? Promise.resolve()).then(async () => {
      const began = Date.now();
      await inflict(fault, number, stage);
      const done = { ...fault, began, ended: Date.now() };
      inflicted.push(done);
      onFault(done);
    });
    turn.catch(() => undefined); // rejects below
    claims.set(claim, turn);
  }
  await Promise.all(claims.values());
  return inflicted;
}
