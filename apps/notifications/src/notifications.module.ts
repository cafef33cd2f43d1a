import { Module } from '@nestjs/common';
import { TroupeModule } from '@troupe/nest';
import { TelemetryModule } from '@troupe/telemetry';
import { Mailer } from './mailer.ts';
import { NotificationSteps } from './notification.steps.ts';

/** Tells customers, as far as its own log. */
@Module({
  imports: [TroupeModule.forRoot({ app: 'notifications' }), TelemetryModule],
  providers: [Mailer, NotificationSteps],
})
export class NotificationsModule {}
