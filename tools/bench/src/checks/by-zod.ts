import { isISO4217CurrencyCode, isISO31661Alpha2 } from 'class-validator';
import { z } from 'zod';

/** The order's rules as zod's documentation writes them; unknown fields are kept. */
const order = z.looseObject({
  orderId: z.string().min(1).max(64),
  customer: z.looseObject({
    name: z.string().min(1).max(200),
    customerId: z.string().min(1).max(64),
    country: z.string().refine(isISO31661Alpha2),
  }),
  placedAt: z.iso.datetime({ offset: true }),
  currency: z.string().refine(isISO4217CurrencyCode),
  total: z.int().min(0),
  lines: z
    .array(
      z.looseObject({
        sku: z.string().min(1).max(64),
        title: z.string().min(1).max(200),
        quantity: z.int().min(1).max(10_000),
        unitPrice: z.int().min(0),
      }),
    )
    .min(1)
    .max(1_000),
});

export function zodCheck(value: unknown): boolean {
  return order.safeParse(value).success;
}
