import type { DeclaredFlow } from '@troupe/ledger';
import type { AppEntry, Choreography, ContractEntry } from './choreography.ts';

/** A step as `a.placed > b.done c.done`: consumes > emits. Contracts are named without their version. */
export function app(
  name: string,
  {
    produces = '',
    steps = {},
    flows = [],
  }: { produces?: string; steps?: Record<string, string>; flows?: DeclaredFlow[] },
): AppEntry {
  return {
    app: name,
    produces: idsOf(produces),
    steps: Object.entries(steps).map(([step, ways]) => {
      const [consumes = '', emits = ''] = ways.split('>');
      return { step: `${name}__${step}`, consumes: idsOf(consumes), emits: idsOf(emits), from: 'beginning' };
    }),
    flows,
  };
}

export function flow(starts: string, ends: string): DeclaredFlow {
  return { starts: `${starts}.v1`, ends: idsOf(ends) };
}

/** Of all contracts that the apps name; those of the domain `do` are commands. */
export function choreography(...apps: AppEntry[]): Choreography {
  const ids = apps.flatMap(({ produces, steps, flows }) => [
    ...produces,
    ...steps.flatMap(({ consumes, emits }) => [...consumes, ...emits]),
    ...flows.flatMap(({ starts, ends }) => [starts, ...ends]),
  ]);
  const contracts = [...new Set(ids)].sort().map((id): ContractEntry => {
    return { id, kind: id.startsWith('do.') ? 'command' : 'event', owner: 'team' };
  });
  return { format: 1, contracts, apps };
}

function idsOf(names: string): string[] {
  return names
    .split(' ')
    .filter(Boolean)
    .map((name) => `${name}.v1`);
}
