import type { ParcelDispatched } from '@shop/contracts-parcel';
import type { StockReserved } from '@shop/contracts-stock';

/** Who fetches parcels from a warehouse. */
const CARRIERS: Readonly<Record<string, string>> = { east: 'Northbound Freight', west: 'Pacific Parcel' };
const ELSEWHERE = 'National Post';

/**
 * The parcels of a reservation, one for each warehouse. Their ids follow from the key and the warehouse, so that the
 * same reservation gives the same parcels again.
 */
export function parcelsOf(reserved: StockReserved, idempotencyKey: string): ParcelDispatched[] {
  const { orderId, customer, deliverTo, allocations } = reserved;
  return allocations.map(({ warehouse, lines }) => ({
    orderId,
    parcelId: `par_${idempotencyKey}_${warehouse}`,
    warehouse,
    carrier: CARRIERS[warehouse] ?? ELSEWHERE,
    customer,
    deliverTo,
    lines,
  }));
}
