import { Injectable } from '@nestjs/common';
import { PaymentAuthorized } from '@shop/contracts-payment';
import { StockReserved, StockShort } from '@shop/contracts-stock';
import { type Next, next, Step, type StepContext } from '@troupe/nest';
import { Inventory } from './inventory.ts';

/** Sets aside what was paid for, or says what is missing. */
@Injectable()
export class StockSteps {
  constructor(private readonly inventory: Inventory) {}

  @Step({ on: PaymentAuthorized, emits: [StockReserved, StockShort], from: 'beginning', within: '30s' })
  reserve(payment: PaymentAuthorized, context: StepContext): Next<StockReserved> | Next<StockShort> {
    const { orderId, paymentId, amount, customer, deliverTo, lines } = payment;
    const reservation = this.inventory.reserve(context.idempotencyKey, lines);
    if (!reservation.reserved) {
      const { shortages } = reservation;
      return next(StockShort, { orderId, payment: { paymentId, amount }, customer, shortages });
    }
    const reservationId = `res_${context.idempotencyKey}`;
    const { allocations } = reservation;
    return next(StockReserved, { orderId, reservationId, customer, deliverTo, allocations });
  }
}
