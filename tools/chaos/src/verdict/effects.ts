import type { Evidence } from '../evidence/evidence.ts';
import { EXPECTED_ENDS, type OrderKind, parcelsOf, REFUNDED } from '../shopping.ts';
import type { Call, Deed } from '../world/calls.ts';

/** How often each thing is done for an order. */
const DEEDS: Readonly<Record<Deed, (kind: OrderKind) => number>> = {
  charge: (kind) => (kind === 'declined' || kind === 'poison' ? 0 : 1),
  refund: (kind) => (EXPECTED_ENDS[kind]?.type === REFUNDED ? 1 : 0),
  reserve: (kind) => Math.min(parcelsOf(kind), 1),
  dispatch: parcelsOf,
};

/** What was done in the world more often than the order asks for; a repeated call with the same key does nothing. */
export function doubledEffects({ accepted, calls }: Pick<Evidence, 'accepted' | 'calls'>): string[] {
  const effects = effectsByOrder(calls);
  return accepted.flatMap(({ orderId, kind }) =>
    (Object.keys(DEEDS) as Deed[]).flatMap((deed) => {
      const done = effects.get(`${deed} ${orderId}`)?.size ?? 0;
      const due = DEEDS[deed](kind);
      return done > due
        ? [`order ${orderId} (${kind}): ${deed} was done ${done} times instead of ${due}`]
        : [];
    }),
  );
}

function effectsByOrder(calls: readonly Call[]): Map<string, Set<string>> {
  const effects = new Map<string, Set<string>>();
  for (const { deed, orderId, effect, key, repeated } of calls) {
    if (repeated || effect === undefined) continue;
    const name = `${deed} ${orderId}`;
    effects.set(name, (effects.get(name) ?? new Set()).add(key));
  }
  return effects;
}
