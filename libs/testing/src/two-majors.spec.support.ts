import { Injectable, Module } from '@nestjs/common';
import { Contract, Upcast } from '@troupe/contract';
import { next, Producer, Step, type StepContext, TroupeModule } from '@troupe/nest';
import { Type } from 'class-transformer';
import { IsInt, IsISO4217CurrencyCode, IsObject, IsString, ValidateNested } from 'class-validator';
import { OrderPlaced, PaymentAuthorized } from './payments.spec.support.ts';

export class Money {
  @IsInt()
  minor!: number;

  @IsISO4217CurrencyCode()
  currency!: string;
}

@Contract({ type: 'order.placed', version: 2, kind: 'event', owner: 'storefront' })
export class OrderPlacedV2 {
  @IsString()
  orderId!: string;

  @IsObject()
  @ValidateNested()
  @Type(() => Money)
  total!: Money;

  @Upcast(OrderPlaced)
  static fromV1({ amount, ...rest }: OrderPlaced): OrderPlacedV2 {
    return { ...rest, total: { minor: amount, currency: 'EUR' } };
  }
}

/** The storefront as it was, while it sends both, and at last. */
@Injectable()
export class FirstOrders {
  constructor(private readonly producer: Producer) {}

  async place(orderId: string, { minor }: Money) {
    await this.producer.send(OrderPlaced, { orderId, amount: minor }, { id: orderId });
  }
}

@Injectable()
export class OrdersOfBoth {
  constructor(private readonly producer: Producer) {}

  async place(orderId: string, total: Money) {
    const also = next(OrderPlaced, { orderId, amount: total.minor });
    await this.producer.send(OrderPlacedV2, { orderId, total }, { id: orderId, also });
  }
}

@Injectable()
export class LastOrders {
  constructor(private readonly producer: Producer) {}

  async place(orderId: string, total: Money) {
    await this.producer.send(OrderPlacedV2, { orderId, total }, { id: orderId });
  }
}

@Module({
  imports: [TroupeModule.forRoot({ app: 'storefront', version: '1.0.0', produces: [OrderPlaced] })],
  providers: [FirstOrders],
})
export class FirstStorefront {}

@Module({
  imports: [
    TroupeModule.forRoot({ app: 'storefront', version: '2.0.0', produces: [OrderPlacedV2, OrderPlaced] }),
  ],
  providers: [OrdersOfBoth],
})
export class StorefrontOfBoth {}

@Module({
  imports: [TroupeModule.forRoot({ app: 'storefront', version: '3.0.0', produces: [OrderPlacedV2] })],
  providers: [LastOrders],
})
export class LastStorefront {}

/** Payments as it was, and since it takes the newer major. */
@Injectable()
export class OlderPayments {
  @Step({ on: OrderPlaced, emits: [PaymentAuthorized], from: 'beginning' })
  authorize({ orderId, amount }: OrderPlaced, { idempotencyKey }: StepContext) {
    return next(PaymentAuthorized, { orderId, paymentId: `${amount} ${idempotencyKey}` });
  }
}

@Injectable()
export class NewerPayments {
  @Step({ on: OrderPlacedV2, emits: [PaymentAuthorized], from: 'beginning' })
  authorize({ orderId, total }: OrderPlacedV2, { idempotencyKey }: StepContext) {
    return next(PaymentAuthorized, {
      orderId,
      paymentId: `${total.minor} ${total.currency} ${idempotencyKey}`,
    });
  }
}

@Module({
  imports: [TroupeModule.forRoot({ app: 'payments', version: '1.0.0' })],
  providers: [OlderPayments],
})
export class OlderPaymentsModule {}

@Module({
  imports: [TroupeModule.forRoot({ app: 'payments', version: '2.0.0' })],
  providers: [NewerPayments],
})
export class NewerPaymentsModule {}

/** Notifications takes its time: it knows the older major alone until the end. */
@Injectable()
export class OlderNotifications {
  readonly told: string[] = [];

  @Step({ on: OrderPlaced, emits: [], from: 'now' })
  tell({ orderId }: OrderPlaced): void {
    this.told.push(orderId);
  }
}

@Injectable()
export class NewerNotifications {
  readonly told: string[] = [];

  @Step({ on: OrderPlacedV2, emits: [], from: 'now' })
  tell({ orderId }: OrderPlacedV2): void {
    this.told.push(orderId);
  }
}

@Module({
  imports: [TroupeModule.forRoot({ app: 'notifications', version: '1.0.0' })],
  providers: [OlderNotifications],
})
export class OlderNotificationsModule {}

@Module({
  imports: [TroupeModule.forRoot({ app: 'notifications', version: '2.0.0' })],
  providers: [NewerNotifications],
})
export class NewerNotificationsModule {}
