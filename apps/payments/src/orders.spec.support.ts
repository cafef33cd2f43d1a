import type { OrderPlaced } from '@shop/contracts-order';
import type { StockShort } from '@shop/contracts-stock';

const customer = { name: 'Ada Example', email: 'ada@example.com' };

/** An order of a tent for 129.00 €. */
export function order(change: Partial<OrderPlaced> = {}): OrderPlaced {
  return {
    orderId: 'o-1001',
    customer,
    deliverTo: { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' },
    lines: [{ sku: 'TENT-2P', quantity: 1, unitPrice: 12_900 }],
    total: { amount: 12_900, currency: 'EUR' },
    paymentToken: 'tok_visa',
    ...change,
  };
}

/** A paid order of a lantern, of which there is none. */
export const short: StockShort = {
  orderId: 'o-1001',
  payment: { paymentId: 'pay_1', amount: { amount: 2_900, currency: 'EUR' } },
  customer,
  shortages: [{ sku: 'LANTERN-9', wanted: 1, available: 0 }],
};
