import type { StockReserved } from '@shop/contracts-stock';

/** Goods for one order, in two warehouses. */
export const reserved: StockReserved = {
  orderId: 'o-1001',
  reservationId: 'res_1',
  customer: { name: 'Ada Example', email: 'ada@example.com' },
  deliverTo: { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' },
  allocations: [
    { warehouse: 'east', lines: [{ sku: 'TENT-2P', quantity: 1 }] },
    { warehouse: 'west', lines: [{ sku: 'STOVE-1', quantity: 2 }] },
  ],
};
