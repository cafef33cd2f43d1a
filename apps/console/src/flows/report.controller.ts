import { Controller, Get, Param, Query, UseFilters } from '@nestjs/common';
import type { FlowReport } from '@troupe/ledger';
import { type Asked, ProblemException, textsOf } from '@troupe/nest';
import { DescribeReport } from '../api/description.ts';
import { LedgerHost } from '../ledger-host.ts';
import { QueryFilter } from '../query.filter.ts';

/** How a flow went, for whoever handed off to it. */
@Controller('flows')
@UseFilters(QueryFilter)
export class ReportController {
  constructor(private readonly host: LedgerHost) {}

  @Get(':flowId/report')
  @DescribeReport()
  async report(@Param('flowId') flowId: string, @Query() asked: Asked): Promise<FlowReport> {
    const { ends, data } = textsOf(asked, ['ends', 'data']);
    const { ledger } = this.host;
    const report = await ledger.report(flowId, { ends: ends?.split(',') ?? [], data: flagOf('data', data) });
    if (report !== undefined) return report;
    const { asOf } = ledger.freshness();
    const since = asOf === 0 ? 'the ledger is still reading' : `as of ${new Date(asOf).toISOString()}`;
    throw new ProblemException(404, `No flow has the id ${flowId}, ${since}.`);
  }
}

function flagOf(name: string, text = 'false'): boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  throw new ProblemException(400, `"${name}" is true or false, not "${text}".`);
}
