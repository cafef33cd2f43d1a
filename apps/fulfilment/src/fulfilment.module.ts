import { Module } from '@nestjs/common';
import { TroupeModule } from '@troupe/nest';
import { TelemetryModule } from '@troupe/telemetry';
import { Fulfilment } from './fulfilment.ts';

/** Tells picking and packing what to do for an order, step by step, and anybody who asks how far it is. */
@Module({
  imports: [TroupeModule.forRoot({ app: 'fulfilment', produces: [] }), TelemetryModule],
  providers: [Fulfilment],
})
export class FulfilmentModule {}
