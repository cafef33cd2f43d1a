import { Module } from '@nestjs/common';
import { TroupeModule } from '@troupe/nest';
import { TelemetryModule } from '@troupe/telemetry';
import { PaymentSteps } from './payment.steps.ts';
import { PaymentProvider } from './provider.ts';

/** Authorizes, declines and refunds payments, with a simulated provider. */
@Module({
  imports: [TroupeModule.forRoot({ app: 'payments' }), TelemetryModule],
  providers: [PaymentProvider, PaymentSteps],
})
export class PaymentsModule {}
