import type { DeclaredApp, DeclaredContract, Choreography as Expected } from '@troupe/ledger';
import type { AppDescription } from '@troupe/nest';
import type { Choreographed } from '../workspace/workspace.ts';

/** Who sends and takes what, by the code of all apps. Lists are in the order of names, so that equal code is equal text. */
export interface Choreography extends Expected {
  readonly contracts: readonly ContractEntry[];
  readonly apps: readonly AppEntry[];
}

export interface ContractEntry extends DeclaredContract {
  readonly owner: string;
}

export interface AppEntry extends DeclaredApp {
  /** Contract ids that it sends outside of steps. */
  readonly produces: readonly string[];
}

export function choreographyOf({ contracts, apps }: Choreographed): Choreography {
  return {
    format: 1,
    contracts: contracts.map(({ id, kind, owner }) => ({ id, kind, owner })),
    apps: apps.map(entryOf),
  };
}

function entryOf({ app, produces, steps, flows }: AppDescription): AppEntry {
  return {
    app,
    produces: idsOf(produces),
    steps: steps
      .map(({ name, consumes, emits, from, within }) => ({
        step: name,
        consumes: idsOf(consumes),
        emits: idsOf(emits),
        from,
        ...(within !== undefined && { within }),
      }))
      .sort((a, b) => (a.step < b.step ? -1 : 1)),
    flows: flows
      .map(({ starts, ends, within }) => ({
        starts: starts.id,
        ends: idsOf(ends),
        ...(within !== undefined && { within }),
      }))
      .sort((a, b) => (a.starts < b.starts ? -1 : 1)),
  };
}

function idsOf(contracts: readonly { readonly id: string }[]): string[] {
  return contracts.map(({ id }) => id).sort();
}
