import type { Item } from '@shop/contracts-order';
import type { Allocation, Shortage } from '@shop/contracts-stock';
import type { Migration, Transaction } from '@troupe/inbox';
import { WAREHOUSE_OF } from './warehouses.ts';

/**
 * What inventory keeps. The stock is filled once, when its table is made; nothing can take a product below zero.
 * @param units of each product at the beginning; what has no warehouse has none
 */
export function migrations(units: number): readonly Migration[] {
  const rows = [...WAREHOUSE_OF].map(
    ([sku, warehouse]) => `('${sku}', ${warehouse === undefined ? 0 : units})`,
  );
  return [
    {
      name: '0001-stock-and-reservations',
      sql: `
        CREATE TABLE stock (
          sku text PRIMARY KEY,
          units bigint NOT NULL CHECK (units >= 0)
        );
        CREATE TABLE reservations (
          reservation_id text NOT NULL,
          sku text NOT NULL REFERENCES stock,
          order_id text NOT NULL,
          units bigint NOT NULL,
          reserved_at timestamptz NOT NULL DEFAULT now(),
          PRIMARY KEY (reservation_id, sku)
        );
      `,
    },
    { name: '0002-first-stock', sql: `INSERT INTO stock (sku, units) VALUES ${rows.join(', ')}` },
  ];
}

/** What became of a wish: everything is set aside, or nothing is, for want of some products. */
export type Reservation =
  | { readonly reserved: true; readonly allocations: Allocation[] }
  | { readonly reserved: false; readonly shortages: Shortage[] };

/** Sets everything aside or nothing. Until the transaction ends, others wait who want the same products. */
export async function reserve(
  transaction: Transaction,
  reservationId: string,
  orderId: string,
  lines: readonly Item[],
): Promise<Reservation> {
  const wanted = totals(lines);
  const available = await lockStock(transaction, [...wanted.keys()]);
  const shortages = shortagesOf(wanted, available);
  if (shortages.length > 0) return { reserved: false, shortages };
  const values = [[...wanted.keys()], [...wanted.values()]];
  await transaction.query(
    `UPDATE stock SET units = stock.units - wanted.units
     FROM unnest($1::text[], $2::bigint[]) AS wanted (sku, units) WHERE stock.sku = wanted.sku`,
    values,
  );
  await transaction.query(
    `INSERT INTO reservations (sku, units, reservation_id, order_id)
     SELECT sku, units, $3, $4 FROM unnest($1::text[], $2::bigint[]) AS wanted (sku, units)`,
    [...values, reservationId, orderId],
  );
  return { reserved: true, allocations: allocationsOf(wanted) };
}

/** Lines of one product are one wish. */
function totals(lines: readonly Item[]): Map<string, number> {
  const wanted = new Map<string, number>();
  for (const { sku, quantity } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
  return wanted;
}

/** Pieces that are left. Locked in one order, so that two wishes never wait for one another. */
async function lockStock(transaction: Transaction, skus: readonly string[]): Promise<Map<string, number>> {
  const rows = await transaction.query<{ sku: string; units: number }>(
    'SELECT sku, units FROM stock WHERE sku = ANY($1::text[]) ORDER BY sku FOR UPDATE',
    [skus],
  );
  return new Map(rows.map(({ sku, units }) => [sku, units]));
}

/** Of a product that is not known nothing is available. */
function shortagesOf(wanted: ReadonlyMap<string, number>, stock: ReadonlyMap<string, number>): Shortage[] {
  return [...wanted].flatMap(([sku, quantity]) => {
    const available = stock.get(sku) ?? 0;
    return available < quantity ? [{ sku, wanted: quantity, available }] : [];
  });
}

/** Warehouses and products in the order in which the lines name them. */
function allocationsOf(wanted: ReadonlyMap<string, number>): Allocation[] {
  const allocations = new Map<string, Item[]>();
  for (const [sku, quantity] of wanted) {
    const warehouse = WAREHOUSE_OF.get(sku);
    if (warehouse === undefined) continue; // never set aside: it has no pieces
    const lines = allocations.get(warehouse) ?? [];
    lines.push({ sku, quantity });
    allocations.set(warehouse, lines);
  }
  return [...allocations].map(([warehouse, lines]) => ({ warehouse, lines }));
}
