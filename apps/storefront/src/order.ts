import type { OrderPlaced } from '@shop/contracts-order';
import type { PlaceOrder } from './place-order.ts';

/** An order as it will be placed, before it has an id. */
export type Order = Omit<OrderPlaced, 'orderId'>;

/**
 * The order that a body asks for, or undefined when its total is no exact number. Field by field in one order, so that
 * two bodies that say the same give the same bytes.
 */
export function orderOf(body: PlaceOrder): Order | undefined {
  const amount = totalOf(body);
  if (amount === undefined) return undefined;
  const { customer, deliverTo } = body;
  return {
    customer: { name: customer.name, email: customer.email },
    deliverTo: {
      street: deliverTo.street,
      city: deliverTo.city,
      postalCode: deliverTo.postalCode,
      country: deliverTo.country,
    },
    lines: body.lines.map(({ sku, quantity, unitPrice }) => ({ sku, quantity, unitPrice })),
    total: { amount, currency: body.currency },
    paymentToken: body.paymentToken,
  };
}

/** In minor units; undefined above `Number.MAX_SAFE_INTEGER`, where sums of numbers are no longer exact. */
function totalOf({ lines }: PlaceOrder): number | undefined {
  let total = 0n;
  for (const { quantity, unitPrice } of lines) total += BigInt(quantity) * BigInt(unitPrice);
  return total <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(total) : undefined;
}
