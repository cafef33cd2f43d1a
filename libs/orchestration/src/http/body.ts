import type { BranchRecord } from '../record.ts';
import type { FanOutStep, MasterStatus, StepStatus } from '../status/master-status.ts';
import type { Found } from '../status/records.ts';
import { type StatusSources, statusOf } from '../status/status.ts';
import { type Face, pathOf } from './face.ts';

/** Where people look further, as an app is told by its environment. */
export interface Sites {
  /** Address of the console. */
  readonly console?: string | undefined;
  /** Address of a trace, with `{traceId}` in it. */
  readonly trace?: string | undefined;
}

/** A master status as it is answered. */
export interface StatusBody extends Omit<MasterStatus, 'steps'> {
  readonly steps: readonly (StepStatus | FanOutBody)[];
  readonly links: Links;
}

/** A fan-out, with the path of its branches. */
export interface FanOutBody extends FanOutStep {
  readonly href: string;
}

export interface Links {
  readonly self: string;
  readonly diagram: string;
  /** The flow in the console. */
  readonly flow?: string;
  readonly trace?: string;
}

/** Makes the answers of one face. */
export class Bodies {
  readonly #maskOf: StatusSources['maskOf'];

  constructor(
    private readonly face: Face,
    private readonly sites: Sites,
  ) {
    this.#maskOf = (contractId) => face.contracts.get(contractId)?.mask;
  }

  status({ record, joins }: Found, branches?: ReadonlyMap<string, readonly BranchRecord[]>): StatusBody {
    const { face } = this;
    const sources = { record, joins, maskOf: this.#maskOf, progress: face.progress };
    const status = statusOf(branches === undefined ? sources : { ...sources, branches });
    const self = pathOf(face, record.id);
    const steps = status.steps.map((step) =>
      step.kind === 'fan-out' ? { ...step, href: `${self}/branches/${encodeURIComponent(step.name)}` } : step,
    );
    return { ...status, steps, links: this.#links(self, status) };
  }

  #links(self: string, { id, traceId }: MasterStatus): Links {
    const { console, trace } = this.sites;
    return {
      self,
      diagram: `${self}/diagram`,
      ...(console !== undefined && { flow: `${console.replace(/\/$/, '')}/flows/${encodeURIComponent(id)}` }),
      ...(trace !== undefined && traceId !== undefined && { trace: trace.replaceAll('{traceId}', traceId) }),
    };
  }
}
