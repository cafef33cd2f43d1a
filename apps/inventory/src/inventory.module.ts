import { Module } from '@nestjs/common';
import { InboxModule } from '@troupe/inbox';
import { TroupeModule } from '@troupe/nest';
import { TelemetryModule } from '@troupe/telemetry';
import { HttpWarehouse } from './http-warehouse.ts';
import { readInventorySettings } from './settings.ts';
import { StockSteps } from './stock.steps.ts';
import { migrations } from './stock.ts';
import { SimulatedWarehouse, Warehouse } from './warehouse.ts';

/** Reserves stock, which it keeps in a database. */
@Module({
  imports: [
    TroupeModule.forRoot({ app: 'inventory' }),
    InboxModule.forRoot({ migrations: () => migrations(readInventorySettings(process.env).units) }),
    TelemetryModule,
  ],
  providers: [{ provide: Warehouse, useFactory: warehouse }, StockSteps],
})
export class InventoryModule {}

/** The one at `WAREHOUSE_URL`, else a simulation. */
function warehouse(): Warehouse {
  const { warehouseUrl } = readInventorySettings(process.env);
  return warehouseUrl === undefined ? new SimulatedWarehouse() : new HttpWarehouse(warehouseUrl);
}
