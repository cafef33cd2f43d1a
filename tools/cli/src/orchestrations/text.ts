import type { StateValue } from '@troupe/orchestration';

/** Where a machine is, for people: `picking`, `packing.label`, `packing.label + billing.due`. */
export function stateText(state: StateValue | null): string {
  return state === null ? '' : paths(state).join(' + ');
}

function paths(state: StateValue): string[] {
  if (typeof state === 'string') return [state];
  return Object.entries(state).flatMap(([region, inner]) => {
    const below = inner === undefined ? [] : paths(inner);
    return below.length === 0 ? [region] : below.map((path) => `${region}.${path}`);
  });
}
