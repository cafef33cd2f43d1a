import { Module } from '@nestjs/common';
import { FulfilmentRequested } from '@shop/contracts-fulfilment';
import { TroupeModule } from '@troupe/nest';
import { OrchestrationModule } from '@troupe/orchestration';
import { TelemetryModule } from '@troupe/telemetry';
import { Fulfilment } from './fulfilment.ts';

/** Tells picking and packing what to do for an order, step by step, and anybody who asks how far it is. */
@Module({
  imports: [
    TroupeModule.forRoot({ app: 'fulfilment', produces: [FulfilmentRequested] }),
    OrchestrationModule.forFeature(Fulfilment),
    TelemetryModule,
  ],
})
export class FulfilmentModule {}
