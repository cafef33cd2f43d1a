import type { FulfilmentRequested } from '@shop/contracts-fulfilment';

/** A tent and two stoves. */
export function request(change: Partial<FulfilmentRequested> = {}): FulfilmentRequested {
  return {
    fulfilmentId: 'f-1001',
    orderId: 'o-1001',
    recipient: 'Ada Example',
    deliverTo: { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' },
    lines: [
      { sku: 'TENT-2P', quantity: 1 },
      { sku: 'STOVE-1', quantity: 2 },
    ],
    whenMissing: 'partial',
    ...change,
  };
}
