import { Module } from '@nestjs/common';
import { ParcelDelivered, ParcelReturned } from '@shop/contracts-carrier';
import { FulfilmentRequested, ParcelConsigned } from '@shop/contracts-fulfilment';
import { Flow, TroupeModule } from '@troupe/nest';
import { OrchestrationModule } from '@troupe/orchestration';
import { TelemetryModule } from '@troupe/telemetry';
import { Fulfilment } from './fulfilment.ts';

/**
 * Tells picking and packing what to do for an order, step by step, hands its parcel to the carrier, and tells anybody who
 * asks how far it is.
 */
@Flow({ starts: ParcelConsigned, ends: [ParcelDelivered, ParcelReturned], within: '10d' })
@Module({
  imports: [
    TroupeModule.forRoot({ app: 'fulfilment', produces: [FulfilmentRequested] }),
    OrchestrationModule.forFeature(Fulfilment),
    TelemetryModule,
  ],
})
export class FulfilmentModule {}
