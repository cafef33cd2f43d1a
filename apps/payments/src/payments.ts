import type { Money } from '@shop/contracts-order';
import type { Migration, Transaction } from '@troupe/inbox';

/** What payments keeps. Amounts are in minor units. */
export const migrations: readonly Migration[] = [
  {
    name: '0001-payments-and-refunds',
    sql: `
      CREATE TABLE payments (
        payment_id text PRIMARY KEY,
        order_id text NOT NULL,
        amount bigint NOT NULL,
        currency text NOT NULL,
        authorized_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE TABLE refunds (
        payment_id text PRIMARY KEY,
        order_id text NOT NULL,
        amount bigint NOT NULL,
        currency text NOT NULL,
        refunded_at timestamptz NOT NULL DEFAULT now()
      );
    `,
  },
];

/** A payment, or what was given back of it. */
export interface Booking {
  readonly paymentId: string;
  readonly orderId: string;
  readonly amount: Money;
}

export async function bookPayment(transaction: Transaction, booking: Booking): Promise<void> {
  await transaction.query(
    'INSERT INTO payments (payment_id, order_id, amount, currency) VALUES ($1, $2, $3, $4)',
    valuesOf(booking),
  );
}

/** A payment is given back once: a second refund of it is an error. */
export async function bookRefund(transaction: Transaction, booking: Booking): Promise<void> {
  await transaction.query(
    'INSERT INTO refunds (payment_id, order_id, amount, currency) VALUES ($1, $2, $3, $4)',
    valuesOf(booking),
  );
}

function valuesOf({ paymentId, orderId, amount }: Booking): unknown[] {
  return [paymentId, orderId, amount.amount, amount.currency];
}
