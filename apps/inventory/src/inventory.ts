import type { Item } from '@shop/contracts-order';
import type { Allocation, Shortage } from '@shop/contracts-stock';
import { Decisions } from './decisions.ts';
import { WAREHOUSE_OF } from './warehouses.ts';

/** What became of a wish: everything is set aside, or nothing is, for want of some products. */
export type Reservation =
  | { readonly reserved: true; readonly allocations: Allocation[] }
  | { readonly reserved: false; readonly shortages: Shortage[] };

/** Products short in what is remembered, all decisions together: some 100 MB at most. */
const MOST_REMEMBERED = 1_000_000;

/**
 * The stock of all warehouses, in memory: it is full again after a restart, and nothing of earlier decisions is left.
 * A decision is remembered by its key, since the stock has changed when the same wish comes again.
 */
export class Inventory {
  readonly #units: Map<string, number>;
  readonly #decisions = new Decisions<readonly Shortage[]>(MOST_REMEMBERED, ({ length }) => 1 + length);

  /** @param units of each product at the beginning; LANTERN-9 has none */
  constructor(units: number) {
    this.#units = new Map(
      [...WAREHOUSE_OF].map(([sku, warehouse]) => [sku, warehouse === undefined ? 0 : units]),
    );
  }

  /** Pieces that are left; 0 of a product that is not known. */
  available(sku: string): number {
    return this.#units.get(sku) ?? 0;
  }

  /** Sets everything aside or nothing. The same key gets the same answer, and takes nothing again. */
  reserve(key: string, lines: readonly Item[]): Reservation {
    const wanted = totals(lines);
    const shortages = this.#decisions.once(key, () => this.#take(wanted));
    return shortages.length === 0
      ? { reserved: true, allocations: allocationsOf(wanted) }
      : { reserved: false, shortages: [...shortages] };
  }

  #take(wanted: ReadonlyMap<string, number>): readonly Shortage[] {
    const shortages: Shortage[] = [];
    for (const [sku, quantity] of wanted) {
      const available = this.available(sku);
      if (available < quantity) shortages.push({ sku, wanted: quantity, available });
    }
    if (shortages.length > 0) return shortages;
    for (const [sku, quantity] of wanted) this.#units.set(sku, this.available(sku) - quantity);
    return shortages;
  }
}

/** Lines of one product are one wish. */
function totals(lines: readonly Item[]): Map<string, number> {
  const wanted = new Map<string, number>();
  for (const { sku, quantity } of lines) wanted.set(sku, (wanted.get(sku) ?? 0) + quantity);
  return wanted;
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
