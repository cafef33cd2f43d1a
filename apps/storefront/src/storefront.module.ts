import { Module } from '@nestjs/common';
import { OrderPlaced } from '@shop/contracts-order';
import { TroupeModule } from '@troupe/nest';
import { TelemetryModule } from '@troupe/telemetry';
import { IdempotencyKeys } from './idempotency-keys.ts';
import { OrderRecords } from './order-records.ts';
import { OrdersController } from './orders.controller.ts';
import { Orders } from './orders.ts';

/** Takes orders over HTTP; each opens a flow, and the storefront is out of it. */
@Module({
  imports: [TroupeModule.forRoot({ app: 'storefront', produces: [OrderPlaced] }), TelemetryModule],
  controllers: [OrdersController],
  providers: [IdempotencyKeys, OrderRecords, Orders],
})
export class StorefrontModule {}
