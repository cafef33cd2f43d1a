import { Controller, Get, Param } from '@nestjs/common';
import type { Whereabouts } from '@troupe/ledger';
import { ProblemException } from '@troupe/nest';
import { DescribeWhere } from '../api/description.ts';
import { History } from '../history.ts';
import { LedgerHost } from '../ledger-host.ts';

/** Where is it? */
@Controller('where')
export class WhereController {
  constructor(
    private readonly host: LedgerHost,
    private readonly history: History,
  ) {}

  @Get(':key')
  @DescribeWhere()
  async where(@Param('key') key: string): Promise<Whereabouts> {
    const whereabouts = await this.host.ledger.where(key);
    if (whereabouts.flows.length > 0) return whereabouts;
    const since = await this.history.since();
    const purged = since === undefined ? '' : ` What was stored before ${since} is purged.`;
    throw new ProblemException(404, whereabouts.sentence + purged);
  }
}
