import { Injectable, Module } from '@nestjs/common';
import { Contract } from '@troupe/contract';
import { next, Step, type StepContext, TerminalError, TroupeModule } from '@troupe/nest';
import { IsInt, IsString } from 'class-validator';

@Contract({ type: 'order.placed', version: 1, kind: 'event', owner: 'storefront' })
export class OrderPlaced {
  @IsString()
  orderId!: string;

  /** In minor units. */
  @IsInt()
  amount!: number;
}

@Contract({ type: 'payment.authorized', version: 1, kind: 'event', owner: 'payments' })
export class PaymentAuthorized {
  @IsString()
  orderId!: string;

  @IsString()
  paymentId!: string;
}

@Contract({ type: 'payment.declined', version: 1, kind: 'event', owner: 'payments' })
export class PaymentDeclined {
  @IsString()
  orderId!: string;

  @IsString()
  reason!: string;
}

@Injectable()
export class PaymentProvider {
  readonly limit: number = 1_000;

  charge(amount: number, idempotencyKey: string): string | undefined {
    if (amount < 0) throw new TerminalError(`An amount of ${amount} is never charged.`);
    return amount > this.limit ? undefined : `pay_${idempotencyKey}`;
  }
}

@Injectable()
export class PaymentSteps {
  constructor(private readonly provider: PaymentProvider) {}

  @Step({ on: OrderPlaced, emits: [PaymentAuthorized, PaymentDeclined], from: 'beginning', within: '30s' })
  authorize({ orderId, amount }: OrderPlaced, context: StepContext) {
    const paymentId = this.provider.charge(amount, context.idempotencyKey);
    return paymentId === undefined
      ? next(PaymentDeclined, { orderId, reason: 'over-limit' })
      : next(PaymentAuthorized, { orderId, paymentId });
  }

  /** Listens to itself, to show how one step gets two contracts. */
  @Step({ name: 'tell', on: [PaymentAuthorized, PaymentDeclined], emits: [], from: 'now' })
  tellTheCustomer(message: PaymentAuthorized | PaymentDeclined): void {
    if (message instanceof PaymentDeclined) this.told.push(message.reason);
  }

  readonly told: string[] = [];
}

@Module({
  imports: [TroupeModule.forRoot({ app: 'payments', version: '1.0.0' })],
  providers: [PaymentProvider, PaymentSteps],
})
export class PaymentsModule {}
