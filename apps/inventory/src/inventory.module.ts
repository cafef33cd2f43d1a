import { Module } from '@nestjs/common';
import { TroupeModule } from '@troupe/nest';
import { TelemetryModule } from '@troupe/telemetry';
import { Inventory } from './inventory.ts';
import { unitsIn } from './settings.ts';
import { StockSteps } from './stock.steps.ts';

/** Reserves stock, which it keeps in memory. */
@Module({
  imports: [TroupeModule.forRoot({ app: 'inventory' }), TelemetryModule],
  providers: [
    { provide: Inventory, useFactory: (): Inventory => new Inventory(unitsIn(process.env)) },
    StockSteps,
  ],
})
export class InventoryModule {}
