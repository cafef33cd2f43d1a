import { Controller, Get } from '@nestjs/common';
import type { Freshness, StepView } from '@troupe/ledger';
import { DescribeSteps } from './api/description.ts';
import { LedgerHost } from './ledger-host.ts';

/** Every step: its queues, how its work goes, and its instances. */
@Controller('steps')
export class StepsController {
  constructor(private readonly host: LedgerHost) {}

  @Get()
  @DescribeSteps()
  list(): Promise<Freshness & { readonly steps: readonly StepView[] }> {
    return this.host.ledger.steps();
  }
}
