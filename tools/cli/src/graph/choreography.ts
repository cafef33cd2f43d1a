import type { ContractKind } from '@troupe/contract';
import type { AppDescription } from '@troupe/nest';
import type { Workspace } from '../workspace/workspace.ts';

/** Who sends and takes what, by the code of all apps. Lists are in the order of names, so that equal code is equal text. */
export interface Choreography {
  /** Format of this record. */
  readonly format: 1;
  readonly contracts: readonly ContractEntry[];
  readonly apps: readonly AppEntry[];
}

export interface ContractEntry {
  /** `order.placed.v1` */
  readonly id: string;
  readonly kind: ContractKind;
  readonly owner: string;
}

export interface AppEntry {
  readonly app: string;
  /** Contract ids that it sends outside of steps. */
  readonly produces: readonly string[];
  readonly steps: readonly StepEntry[];
  readonly flows: readonly FlowEntry[];
}

export interface StepEntry {
  /** Durable name `<app>__<step>`. */
  readonly step: string;
  readonly consumes: readonly string[];
  readonly emits: readonly string[];
  readonly from: 'beginning' | 'now';
  readonly within?: string;
}

export interface FlowEntry {
  readonly starts: string;
  readonly ends: readonly string[];
  readonly within?: string;
}

export function choreographyOf({ contracts, apps }: Pick<Workspace, 'contracts' | 'apps'>): Choreography {
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
