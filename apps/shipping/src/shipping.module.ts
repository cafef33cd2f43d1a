import { Module } from '@nestjs/common';
import { InboxModule } from '@troupe/inbox';
import { TroupeModule } from '@troupe/nest';
import { TelemetryModule } from '@troupe/telemetry';
import { Carrier, SimulatedCarrier } from './carrier.ts';
import { migrations } from './dispatches.ts';
import { HttpCarrier } from './http-carrier.ts';
import { ParcelSteps } from './parcel.steps.ts';
import { readShippingSettings } from './settings.ts';

/** Dispatches one parcel per warehouse, and keeps them in a database. */
@Module({
  imports: [TroupeModule.forRoot({ app: 'shipping' }), InboxModule.forRoot({ migrations }), TelemetryModule],
  providers: [{ provide: Carrier, useFactory: carrier }, ParcelSteps],
})
export class ShippingModule {}

/** The one at `CARRIER_URL`, else a simulation. */
function carrier(): Carrier {
  const { carrierUrl } = readShippingSettings(process.env);
  return carrierUrl === undefined ? new SimulatedCarrier() : new HttpCarrier(carrierUrl);
}
