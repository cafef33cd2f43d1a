import { Module } from '@nestjs/common';
import { InboxModule } from '@troupe/inbox';
import { TroupeModule } from '@troupe/nest';
import { TelemetryModule } from '@troupe/telemetry';
import { PickSteps } from './pick.steps.ts';
import { migrations } from './shelves.ts';

const UNITS = 1_000_000;

/** Fetches goods from shelves, and brings them back, as it is told; it keeps in a database what lies where. */
@Module({
  imports: [
    TroupeModule.forRoot({ app: 'picking' }),
    InboxModule.forRoot({ migrations: migrations(UNITS) }),
    TelemetryModule,
  ],
  providers: [PickSteps],
})
export class PickingModule {}
