import { Inject, Injectable } from '@nestjs/common';
import type { Flow } from '@troupe/ledger';
import { type Settings, TROUPE_SETTINGS } from '@troupe/nest';

/** A flow with the addresses of its traces in the tracing tool, in the order of `traces`; none where no tool is named. */
export type Linked<F> = F & { readonly links: { readonly traces: readonly string[] } };

/** A flow, or what lists have of it. */
type Traced = Pick<Flow, 'traces'>;

/** Links to the tracing tool that `TROUPE_TRACE_URL` names. */
@Injectable()
export class TraceLinks {
  readonly #url: string | undefined;

  constructor(@Inject(TROUPE_SETTINGS) { traceUrl }: Pick<Settings, 'traceUrl'>) {
    this.#url = traceUrl;
  }

  /** Undefined where no tool is named, or there is no trace. */
  to(trace: string | undefined): string | undefined {
    return trace && this.#url?.replaceAll('{traceId}', trace);
  }

  of<F extends Traced>(flow: F): Linked<F> {
    const traces = flow.traces.flatMap((trace) => this.to(trace) ?? []);
    return { ...flow, links: { traces } };
  }
}
