import { Module } from '@nestjs/common';
import { InboxModule } from '@troupe/inbox';
import { serviceUrl, TroupeModule } from '@troupe/nest';
import { TelemetryModule } from '@troupe/telemetry';
import { HttpWarehouse } from './http-warehouse.ts';
import { unitsIn } from './settings.ts';
import { StockSteps } from './stock.steps.ts';
import { migrations } from './stock.ts';
import { SimulatedWarehouse, Warehouse } from './warehouse.ts';

/** Reserves stock, which it keeps in a database. */
@Module({
  imports: [
    TroupeModule.forRoot({ app: 'inventory' }),
    InboxModule.forRoot({ migrations: () => migrations(unitsIn(process.env)) }),
    TelemetryModule,
  ],
  providers: [{ provide: Warehouse, useFactory: warehouse }, StockSteps],
})
export class InventoryModule {}

/** The one at `WAREHOUSE_URL`, else a simulation. */
function warehouse(): Warehouse {
  const url = serviceUrl('WAREHOUSE_URL', process.env);
  return url === undefined ? new SimulatedWarehouse() : new HttpWarehouse(url);
}
