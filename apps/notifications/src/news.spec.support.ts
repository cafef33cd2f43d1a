import { OrderPlaced } from '@shop/contracts-order';
import { ParcelDispatched } from '@shop/contracts-parcel';
import { PaymentDeclined, PaymentRefunded } from '@shop/contracts-payment';

const customer = { name: 'Ada Example', email: 'ada@example.com' };
const deliverTo = { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' };
const amount = { amount: 12_900, currency: 'EUR' };
const orderId = 'o-1001';

export const placed = Object.assign(new OrderPlaced(), {
  orderId,
  customer,
  deliverTo,
  lines: [{ sku: 'TENT-2P', quantity: 1, unitPrice: 12_900 }],
  total: amount,
  paymentToken: 'tok_visa',
});

export const declined = Object.assign(new PaymentDeclined(), {
  orderId,
  amount,
  customer,
  reason: 'card-declined',
});

export const refunded = Object.assign(new PaymentRefunded(), {
  orderId,
  paymentId: 'pay_1',
  amount,
  customer,
  reason: 'stock-short',
});

export const dispatched = Object.assign(new ParcelDispatched(), {
  orderId,
  parcelId: 'par_1',
  warehouse: 'east',
  carrier: 'Northbound Freight',
  customer,
  deliverTo,
  lines: [{ sku: 'TENT-2P', quantity: 1 }],
});
