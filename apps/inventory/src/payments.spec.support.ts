import type { PaymentAuthorized } from '@shop/contracts-payment';

/** A paid order: a tent from the east and two stoves from the west. */
export function payment(change: Partial<PaymentAuthorized> = {}): PaymentAuthorized {
  return {
    orderId: 'o-1001',
    paymentId: 'pay_1',
    amount: { amount: 21_900, currency: 'EUR' },
    customer: { name: 'Ada Example', email: 'ada@example.com' },
    deliverTo: { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' },
    lines: [
      { sku: 'TENT-2P', quantity: 1 },
      { sku: 'STOVE-1', quantity: 2 },
    ],
    ...change,
  };
}

/** What nobody has. */
export const lantern = [{ sku: 'LANTERN-9', quantity: 1 }];
