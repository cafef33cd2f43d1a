import { Controller, Get, Param } from '@nestjs/common';
import type { Flow, Whereabouts } from '@troupe/ledger';
import { ProblemException } from '@troupe/nest';
import { DescribeWhere } from '../api/description.ts';
import { History } from '../history.ts';
import { LedgerHost } from '../ledger-host.ts';
import { type Linked, TraceLinks } from '../trace-links.ts';

/** Whereabouts whose flows say where their traces are to be seen. */
export interface WhereAnswer extends Omit<Whereabouts, 'flows'> {
  readonly flows: readonly Linked<Flow>[];
}

/** Where is it? */
@Controller('where')
export class WhereController {
  constructor(
    private readonly host: LedgerHost,
    private readonly history: History,
    private readonly traces: TraceLinks,
  ) {}

  @Get(':key')
  @DescribeWhere()
  async where(@Param('key') key: string): Promise<WhereAnswer> {
    const whereabouts = await this.host.ledger.where(key);
    if (whereabouts.flows.length > 0)
      return { ...whereabouts, flows: whereabouts.flows.map((flow) => this.traces.of(flow)) };
    const since = await this.history.since();
    const purged = since === undefined ? '' : ` What was stored before ${since} is purged.`;
    throw new ProblemException(404, whereabouts.sentence + purged);
  }
}
