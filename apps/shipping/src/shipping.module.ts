import { Module } from '@nestjs/common';
import { InboxModule } from '@troupe/inbox';
import { TroupeModule } from '@troupe/nest';
import { TelemetryModule } from '@troupe/telemetry';
import { migrations } from './dispatches.ts';
import { ParcelSteps } from './parcel.steps.ts';

/** Dispatches one parcel per warehouse, and keeps them in a database. */
@Module({
  imports: [TroupeModule.forRoot({ app: 'shipping' }), InboxModule.forRoot({ migrations }), TelemetryModule],
  providers: [ParcelSteps],
})
export class ShippingModule {}
