import type { BranchRecord } from '../record.ts';
import type { FanOutStep, HandOffStep, MasterStatus, StepStatus } from '../status/master-status.ts';
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
  readonly steps: readonly (StepStatus | FanOutBody | HandOffBody)[];
  readonly links: Links;
}

/** A fan-out, with the path of its branches. */
export interface FanOutBody extends FanOutStep {
  readonly href: string;
}

/** A hand-off, with the address of its flow in the console. */
export interface HandOffBody extends HandOffStep {
  readonly flow?: string;
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
    this.#maskOf = (contractId) => (face.contracts.get(contractId) ?? face.sends.get(contractId))?.mask;
  }

  status({ record, joins }: Found, branches?: ReadonlyMap<string, readonly BranchRecord[]>): StatusBody {
    const { face } = this;
    const sources = { record, joins, maskOf: this.#maskOf, progress: face.progress };
    const status = statusOf(branches === undefined ? sources : { ...sources, branches });
    const self = pathOf(face, record.id);
    const steps = status.steps.map((step) => this.#linked(self, step));
    return { ...status, steps, links: this.#links(self, status) };
  }

  #linked(self: string, step: StepStatus): StepStatus | FanOutBody | HandOffBody {
    if (step.kind === 'fan-out')
      return { ...step, href: `${self}/branches/${encodeURIComponent(step.name)}` };
    return step.kind === 'hand-off' ? { ...step, ...this.#flow(step.flowId) } : step;
  }

  #flow(id: string): Pick<Links, 'flow'> {
    const { console } = this.sites;
    return console === undefined
      ? {}
      : { flow: `${console.replace(/\/$/, '')}/flows/${encodeURIComponent(id)}` };
  }

  #links(self: string, { id, traceId }: MasterStatus): Links {
    const { trace } = this.sites;
    return {
      self,
      diagram: `${self}/diagram`,
      ...this.#flow(id),
      ...(trace !== undefined && traceId !== undefined && { trace: trace.replaceAll('{traceId}', traceId) }),
    };
  }
}
