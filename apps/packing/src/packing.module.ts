import { Module } from '@nestjs/common';
import { InboxModule } from '@troupe/inbox';
import { TroupeModule } from '@troupe/nest';
import { TelemetryModule } from '@troupe/telemetry';
import { migrations } from './migrations.ts';
import { ParcelSteps } from './parcel.steps.ts';
import { StationSteps } from './station.steps.ts';

const STATIONS = 64;

/** Keeps packing stations for those who ask, packs parcels and prints their labels, as it is told. */
@Module({
  imports: [
    TroupeModule.forRoot({ app: 'packing' }),
    InboxModule.forRoot({ migrations: migrations(STATIONS) }),
    TelemetryModule,
  ],
  providers: [StationSteps, ParcelSteps],
})
export class PackingModule {}
