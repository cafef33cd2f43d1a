import { Controller, Get } from '@nestjs/common';
import type { Alerts } from '@troupe/ledger';
import { DescribeAlerts } from './api/description.ts';
import { LedgerHost } from './ledger-host.ts';

/** What does not go on now. */
@Controller('alerts')
export class AlertsController {
  constructor(private readonly host: LedgerHost) {}

  @Get()
  @DescribeAlerts()
  list(): Alerts {
    return this.host.watchdog.alerts();
  }
}
