import { Injectable } from '@nestjs/common';
import { OrderPlaced } from '@shop/contracts-order';
import { PaymentAuthorized, PaymentDeclined, PaymentRefunded } from '@shop/contracts-payment';
import { StockShort } from '@shop/contracts-stock';
import { Inbox, type Transaction } from '@troupe/inbox';
import { type Next, next, Step, type StepContext } from '@troupe/nest';
import { bookPayment, bookRefund } from './payments.ts';
import { PaymentProvider } from './provider.ts';

/**
 * Asks the provider for the money of an order, and gives it back when the order cannot be delivered. The provider is
 * outside of the transaction, so it is given an idempotency key.
 */
@Injectable()
export class PaymentSteps {
  constructor(private readonly provider: PaymentProvider) {}

  @Step({
    on: OrderPlaced,
    emits: [PaymentAuthorized, PaymentDeclined],
    from: 'beginning',
    within: '30s',
    effects: Inbox,
  })
  async authorize(
    order: OrderPlaced,
    context: StepContext,
    transaction: Transaction,
  ): Promise<Next<PaymentAuthorized> | Next<PaymentDeclined>> {
    const { orderId, customer, deliverTo, paymentToken, total: amount } = order;
    const answer = await this.provider.authorize({ orderId, paymentToken, amount }, context);
    if (!answer.authorized) {
      return next(PaymentDeclined, { orderId, amount, customer, reason: answer.reason });
    }
    const { paymentId } = answer;
    await bookPayment(transaction, { paymentId, orderId, amount });
    const lines = order.lines.map(({ sku, quantity }) => ({ sku, quantity }));
    return next(PaymentAuthorized, { orderId, paymentId, amount, customer, deliverTo, lines });
  }

  @Step({ on: StockShort, emits: [PaymentRefunded], from: 'beginning', within: '30s', effects: Inbox })
  async refund(
    { orderId, payment, customer }: StockShort,
    context: StepContext,
    transaction: Transaction,
  ): Promise<Next<PaymentRefunded>> {
    const { paymentId, amount } = payment;
    const booking = { paymentId, orderId, amount };
    await this.provider.refund(booking, context);
    await bookRefund(transaction, booking);
    return next(PaymentRefunded, { orderId, paymentId, amount, customer, reason: 'stock-short' });
  }
}
