import { Injectable } from '@nestjs/common';
import { PaymentAuthorized } from '@shop/contracts-payment';
import { StockReserved, StockShort } from '@shop/contracts-stock';
import { Inbox, type Transaction } from '@troupe/inbox';
import { type Next, next, Step, type StepContext } from '@troupe/nest';
import { reserve } from './stock.ts';
import { Warehouse } from './warehouse.ts';

/**
 * Sets aside what was paid for, or says what is missing. The warehouse hears of it before the commit, so that no
 * reservation stands that it never heard of.
 */
@Injectable()
export class StockSteps {
  constructor(private readonly warehouse: Warehouse) {}

  @Step({
    on: PaymentAuthorized,
    emits: [StockReserved, StockShort],
    from: 'beginning',
    within: '30s',
    effects: Inbox,
  })
  async reserve(
    payment: PaymentAuthorized,
    context: StepContext,
    transaction: Transaction,
  ): Promise<Next<StockReserved> | Next<StockShort>> {
    const { orderId, paymentId, amount, customer, deliverTo, lines } = payment;
    const reservationId = `res_${context.idempotencyKey}`;
    const reservation = await reserve(transaction, reservationId, orderId, lines);
    if (!reservation.reserved) {
      const { shortages } = reservation;
      return next(StockShort, { orderId, payment: { paymentId, amount }, customer, shortages });
    }
    await this.warehouse.putAside({ orderId, reservationId, lines }, context);
    const { allocations } = reservation;
    return next(StockReserved, { orderId, reservationId, customer, deliverTo, allocations });
  }
}
