import type { Ledger } from '../ledger.ts';
import type { Choreography } from '../model/choreography.ts';
import { FRESH_MS } from './conditions.ts';
import { type Declared, StallCount, type StallGroup, stallsOf } from './stalls.ts';

const PAGE = 500;

/**
 * Goes through all flows that do not go on, and counts them by the place at which they stand. A deadline counts when
 * the ledger knows all that was stored before it: what it has not read yet may have met it. Undefined while the ledger
 * is too far behind to tell.
 */
export async function stalledFlows(
  ledger: Pick<Ledger, 'flows' | 'freshness'>,
  declared: Declared,
  signal: AbortSignal,
): Promise<readonly StallGroup[] | undefined> {
  const count = new StallCount();
  // Of what failed, another branch may be stalled too.
  for (const state of ['stalled', 'failed'] as const) {
    for (let cursor: string | undefined, isFirst = true; isFirst || cursor !== undefined; isFirst = false) {
      signal.throwIfAborted();
      const { asOf, behindMs } = ledger.freshness();
      if (behindMs > FRESH_MS) return undefined;
      const page = await ledger.flows({ state, limit: PAGE, ...(cursor !== undefined && { cursor }) });
      for (const flow of page.flows) {
        const stalls = stallsOf(flow, declared, Date.now());
        count.add(
          flow.id,
          stalls.filter(({ since }) => since <= asOf),
        );
      }
      cursor = page.cursor;
    }
  }
  return count.groups;
}

/** What `choreography.lock` says of flows and of who emits what. */
export function declaredIn({ apps }: Choreography): Declared {
  const flows = new Map(apps.flatMap((app) => app.flows).map((flow) => [flow.starts, flow]));
  const steps = apps.flatMap(({ app, steps }) => steps.map(({ step, emits }) => ({ app, step, emits })));
  return {
    flowOf: (type) => flows.get(type),
    emittersOf: (types) => steps.filter(({ emits }) => emits.some((type) => types.includes(type))),
  };
}
