import { Module } from '@nestjs/common';
import { InboxModule } from '@troupe/inbox';
import { TroupeModule } from '@troupe/nest';
import { TelemetryModule } from '@troupe/telemetry';
import { unitsIn } from './settings.ts';
import { StockSteps } from './stock.steps.ts';
import { migrations } from './stock.ts';

/** Reserves stock, which it keeps in a database. */
@Module({
  imports: [
    TroupeModule.forRoot({ app: 'inventory' }),
    InboxModule.forRoot({ migrations: () => migrations(unitsIn(process.env)) }),
    TelemetryModule,
  ],
  providers: [StockSteps],
})
export class InventoryModule {}
