import type { CompiledContract } from '@troupe/contract';
import type { Choreographed } from '../workspace/workspace.ts';

/** A contract with what its documents say besides: who has to do with it. */
export interface Documented {
  readonly contract: CompiledContract;
  /** Apps that send it outside of steps, and steps that emit it. */
  readonly sentBy: readonly Party[];
  readonly consumedBy: readonly Party[];
  /** Contracts that start a flow which this one ends. */
  readonly ends: readonly string[];
  /** Whether it starts a flow. */
  readonly starts: boolean;
  /** Its major versions in the code, this one among them, from the newest to the oldest. */
  readonly versions: readonly CompiledContract[];
}

/** Who sends or consumes. */
export interface Party {
  readonly app: string;
  /** Durable name `<app>__<step>`; absent: the app, outside of its steps. */
  readonly step?: string;
}

/** The contracts of a workspace, in its order. */
export function documented({ contracts, apps }: Choreographed): Documented[] {
  const steps = apps.flatMap(({ app, steps }) => steps.map((step) => ({ app, ...step })));
  const flows = apps.flatMap((app) => app.flows);
  return contracts.map((contract) => {
    const isIt = ({ id }: CompiledContract): boolean => id === contract.id;
    return {
      contract,
      sentBy: [
        ...apps.filter(({ produces }) => produces.some(isIt)).map(({ app }) => ({ app })),
        ...steps.filter(({ emits }) => emits.some(isIt)).map(({ app, name }) => ({ app, step: name })),
      ],
      consumedBy: steps
        .filter(({ consumes }) => consumes.some(isIt))
        .map(({ app, name }) => ({ app, step: name })),
      ends: flows.filter(({ ends }) => ends.some(isIt)).map(({ starts }) => starts.id),
      starts: flows.some(({ starts }) => isIt(starts)),
      versions: contracts.filter(({ type }) => type === contract.type).sort((a, b) => b.version - a.version),
    };
  });
}
