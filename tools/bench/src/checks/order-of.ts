import type { Order } from '../contracts.ts';

/** An order with so many lines, as JSON: about 420 bytes with 3, 3,900 with 50. */
export function orderJson(lines: number): string {
  const order: Order = {
    orderId: 'o-20261125-0001',
    customer: { name: 'Ada Example', customerId: 'c-20261125-0001', country: 'GB' },
    placedAt: '2026-11-25T12:00:00.000Z',
    currency: 'EUR',
    total: 34_350,
    lines: Array.from({ length: lines }, (_, n) => ({
      sku: `SKU-${1_000 + n}`,
      title: `Tent for ${n + 1} people`,
      quantity: 1 + (n % 4),
      unitPrice: 1_750 + n,
    })),
  };
  return JSON.stringify(order);
}
