import { Module } from '@nestjs/common';
import { TroupeModule } from '@troupe/nest';
import { TelemetryModule } from '@troupe/telemetry';
import { ParcelSteps } from './parcel.steps.ts';

/** Dispatches one parcel per warehouse. */
@Module({
  imports: [TroupeModule.forRoot({ app: 'shipping' }), TelemetryModule],
  providers: [ParcelSteps],
})
export class ShippingModule {}
