import type { PlaceOrder } from './place-order.ts';

/** The body of an order for a tent and two stoves, 219.00 €. */
export function body(change: Partial<PlaceOrder> = {}): PlaceOrder {
  return {
    customer: { name: 'Ada Example', email: 'ada@example.com' },
    deliverTo: { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' },
    currency: 'EUR',
    paymentToken: 'tok_visa',
    lines: [
      { sku: 'TENT-2P', quantity: 1, unitPrice: 12_900 },
      { sku: 'STOVE-1', quantity: 2, unitPrice: 4_500 },
    ],
    ...change,
  };
}
