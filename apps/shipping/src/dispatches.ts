import type { ParcelDispatched } from '@shop/contracts-parcel';
import type { Migration, Transaction } from '@troupe/inbox';

/** What shipping keeps. */
export const migrations: readonly Migration[] = [
  {
    name: '0001-parcels',
    sql: `
      CREATE TABLE parcels (
        parcel_id text PRIMARY KEY,
        order_id text NOT NULL,
        warehouse text NOT NULL,
        carrier text NOT NULL,
        dispatched_at timestamptz NOT NULL DEFAULT now()
      );
    `,
  },
];

export async function recordParcel(transaction: Transaction, parcel: ParcelDispatched): Promise<void> {
  const { parcelId, orderId, warehouse, carrier } = parcel;
  await transaction.query(
    'INSERT INTO parcels (parcel_id, order_id, warehouse, carrier) VALUES ($1, $2, $3, $4)',
    [parcelId, orderId, warehouse, carrier],
  );
}
