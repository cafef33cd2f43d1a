import { Module } from '@nestjs/common';
import { InboxModule } from '@troupe/inbox';
import { TroupeModule } from '@troupe/nest';
import { TelemetryModule } from '@troupe/telemetry';
import { HttpProvider } from './http-provider.ts';
import { PaymentSteps } from './payment.steps.ts';
import { migrations } from './payments.ts';
import { PaymentProvider } from './provider.ts';
import { readPaymentsSettings } from './settings.ts';
import { SimulatedProvider } from './simulated-provider.ts';

/** Authorizes, declines and refunds payments, and keeps them in a database. */
@Module({
  imports: [TroupeModule.forRoot({ app: 'payments' }), InboxModule.forRoot({ migrations }), TelemetryModule],
  providers: [{ provide: PaymentProvider, useFactory: provider }, PaymentSteps],
})
export class PaymentsModule {}

/** The one at `PAYMENT_PROVIDER_URL`, else a simulation. */
function provider(): PaymentProvider {
  const { providerUrl } = readPaymentsSettings(process.env);
  return providerUrl === undefined ? new SimulatedProvider() : new HttpProvider(providerUrl);
}
