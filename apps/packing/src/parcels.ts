import type { Transaction } from '@troupe/inbox';
import { TerminalError } from '@troupe/nest';

export interface Parcel {
  readonly parcelId: string;
  readonly fulfilmentId: string;
}

export async function recordParcel(
  transaction: Transaction,
  { parcelId, fulfilmentId }: Parcel,
  stationId: string,
  lines: number,
): Promise<void> {
  await transaction.query(
    'INSERT INTO parcels (parcel_id, fulfilment_id, station_id, lines) VALUES ($1, $2, $3, $4)',
    [parcelId, fulfilmentId, stationId, lines],
  );
}

/** @throws TerminalError there is no such parcel, or it was unpacked */
export async function recordLabel(
  transaction: Transaction,
  parcel: Parcel,
  labelNumber: string,
): Promise<void> {
  const { standing } = await find(transaction, parcel);
  if (!standing) throw new TerminalError(`Parcel "${parcel.parcelId}" was unpacked, so it gets no label.`);
  await transaction.query('INSERT INTO labels (label_number, parcel_id) VALUES ($1, $2)', [
    labelNumber,
    parcel.parcelId,
  ]);
}

/**
 * Takes the parcel apart and makes its label void; a parcel that was unpacked stays so.
 * @throws TerminalError there is no such parcel
 */
export async function recordUnpacked(transaction: Transaction, parcel: Parcel): Promise<void> {
  await find(transaction, parcel);
  for (const [table, column] of [
    ['parcels', 'unpacked_at'],
    ['labels', 'void_at'],
  ]) {
    const sql = `UPDATE ${table} SET ${column} = now() WHERE parcel_id = $1 AND ${column} IS NULL`;
    await transaction.query(sql, [parcel.parcelId]);
  }
}

/** Locked, so that no parcel is unpacked while its label is printed. */
async function find(
  transaction: Transaction,
  { parcelId, fulfilmentId }: Parcel,
): Promise<{ standing: boolean }> {
  const [parcel] = await transaction.query<{ standing: boolean }>(
    `SELECT unpacked_at IS NULL AS standing FROM parcels
     WHERE parcel_id = $1 AND fulfilment_id = $2 FOR UPDATE`,
    [parcelId, fulfilmentId],
  );
  if (parcel === undefined) {
    throw new TerminalError(`There is no parcel "${parcelId}" of the fulfilment "${fulfilmentId}".`);
  }
  return parcel;
}
