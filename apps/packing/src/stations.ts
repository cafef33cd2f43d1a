import type { Transaction } from '@troupe/inbox';
import { TerminalError } from '@troupe/nest';

/** Where a parcel is packed. */
export interface Station {
  readonly stationId: string;
  readonly address: string;
}

/** The station that the fulfilment has already, or else a free one; undefined when each is taken. */
export async function reserve(transaction: Transaction, fulfilmentId: string): Promise<Station | undefined> {
  for (const sql of [ITS_STATION, TAKE_A_FREE_ONE]) {
    const [row] = await transaction.query<{ station_id: string; address: string }>(sql, [fulfilmentId]);
    if (row !== undefined) return { stationId: row.station_id, address: row.address };
  }
  return undefined;
}

const ITS_STATION = 'SELECT station_id, address FROM stations WHERE fulfilment_id = $1';

/** Nobody waits for a station that somebody else is about to take. */
const TAKE_A_FREE_ONE = `
  UPDATE stations SET fulfilment_id = $1
  WHERE station_id = (
    SELECT station_id FROM stations WHERE fulfilment_id IS NULL ORDER BY station_id LIMIT 1
    FOR UPDATE SKIP LOCKED
  )
  RETURNING station_id, address
`;

/** Makes the fulfilment's station free; nothing to do when it has none any more. */
export async function release(transaction: Transaction, fulfilmentId: string): Promise<void> {
  await transaction.query('UPDATE stations SET fulfilment_id = NULL WHERE fulfilment_id = $1', [
    fulfilmentId,
  ]);
}

/** @throws TerminalError the station is not kept for this fulfilment */
export async function assertKept(
  transaction: Transaction,
  stationId: string,
  fulfilmentId: string,
): Promise<void> {
  const kept = 'SELECT station_id FROM stations WHERE station_id = $1 AND fulfilment_id = $2';
  const rows = await transaction.query(kept, [stationId, fulfilmentId]);
  if (rows.length === 0) {
    throw new TerminalError(`Station "${stationId}" is not kept for the fulfilment "${fulfilmentId}".`);
  }
}
