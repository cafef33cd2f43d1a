import { Controller, Get, Header, Param, Query, UseFilters } from '@nestjs/common';
import { type Flow, type FlowState, type FlowsPage, type Freshness, mermaidOf } from '@troupe/ledger';
import { type Asked, ProblemException, textsOf, wholeOf } from '@troupe/nest';
import { DescribeDiagram, DescribeFlow, DescribeFlows } from '../api/description.ts';
import { History } from '../history.ts';
import { LedgerHost } from '../ledger-host.ts';
import { QueryFilter } from '../query.filter.ts';
import { type Linked, TraceLinks } from '../trace-links.ts';
import { type FlowSummary, summaryOf } from './summary.ts';

/** A page of flows, and from when on flows are known. */
export interface FlowsAnswer extends Omit<FlowsPage, 'flows'> {
  readonly flows: readonly Linked<FlowSummary>[];
  /** Older flows are purged, RFC 3339; undefined when none is. */
  readonly knownSince: string | undefined;
}

/** Flows by state, type and time, and one of them whole. */
@Controller('flows')
@UseFilters(QueryFilter)
export class FlowsController {
  constructor(
    private readonly host: LedgerHost,
    private readonly history: History,
    private readonly traces: TraceLinks,
  ) {}

  @Get()
  @DescribeFlows()
  async list(@Query() asked: Asked): Promise<FlowsAnswer> {
    const { state, limit, ...texts } = textsOf(asked, ['state', 'type', 'since', 'until', 'limit', 'cursor']);
    const page = await this.host.ledger.flows({
      ...texts,
      // The ledger refuses what is no state and no number.
      ...(state !== undefined && { state: state as FlowState }),
      ...(limit !== undefined && { limit: wholeOf(limit) ?? Number.NaN }),
    });
    const flows = page.flows.map((flow) => this.traces.of(summaryOf(flow)));
    return { ...page, flows, knownSince: await this.history.since() };
  }

  @Get(':id')
  @DescribeFlow()
  async find(@Param('id') id: string): Promise<Freshness & { readonly flow: Linked<Flow> }> {
    const { flows, asOf, behindMs, problem } = await this.host.ledger.where(id);
    const flow = flows.find((one) => one.id === id);
    if (flow === undefined) {
      const others = flows.length === 0 ? '' : ` GET /where/${encodeURIComponent(id)} says what else has it.`;
      throw new ProblemException(404, `No flow has the id ${id}.${others}`);
    }
    return { flow: this.traces.of(flow), asOf, behindMs, problem };
  }

  @Get(':id/diagram')
  @Header('content-type', 'text/plain; charset=utf-8')
  @DescribeDiagram()
  async diagram(@Param('id') id: string): Promise<string> {
    const { flow, behindMs } = await this.find(id);
    return `${mermaidOf(flow)}  %% ${Math.round(behindMs)} ms behind\n`;
  }
}
