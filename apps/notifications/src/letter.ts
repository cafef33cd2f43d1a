import { OrderPlaced } from '@shop/contracts-order';
import { ParcelDispatched } from '@shop/contracts-parcel';
import { PaymentDeclined, type PaymentRefunded } from '@shop/contracts-payment';

/** What a customer is told about. */
export type News = OrderPlaced | PaymentDeclined | PaymentRefunded | ParcelDispatched;

/** A message to a customer, before it is written. */
export interface Letter {
  /** Mail address. */
  readonly to: string;
  readonly template: 'order-received' | 'payment-declined' | 'payment-refunded' | 'parcel-on-its-way';
  readonly orderId: string;
  /** What the template says besides. */
  readonly values: Readonly<Record<string, string | number>>;
}

/** What the customer is to be told. */
export function letterOf(news: News): Letter {
  const { orderId, customer } = news;
  const letter = (template: Letter['template'], values: Letter['values']): Letter => ({
    to: customer.email,
    template,
    orderId,
    values: { name: customer.name, ...values },
  });
  if (news instanceof OrderPlaced) {
    return letter('order-received', { amount: news.total.amount, currency: news.total.currency });
  }
  if (news instanceof PaymentDeclined) return letter('payment-declined', { reason: news.reason });
  if (news instanceof ParcelDispatched) {
    return letter('parcel-on-its-way', {
      parcelId: news.parcelId,
      carrier: news.carrier,
      warehouse: news.warehouse,
    });
  }
  return letter('payment-refunded', { amount: news.amount.amount, currency: news.amount.currency });
}
