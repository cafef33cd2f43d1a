import { Module } from '@nestjs/common';
import { InboxModule } from '@troupe/inbox';
import { TroupeModule } from '@troupe/nest';
import { TelemetryModule } from '@troupe/telemetry';
import { PaymentSteps } from './payment.steps.ts';
import { migrations } from './payments.ts';
import { PaymentProvider } from './provider.ts';

/** Authorizes, declines and refunds payments, with a simulated provider, and keeps them in a database. */
@Module({
  imports: [TroupeModule.forRoot({ app: 'payments' }), InboxModule.forRoot({ migrations }), TelemetryModule],
  providers: [PaymentProvider, PaymentSteps],
})
export class PaymentsModule {}
