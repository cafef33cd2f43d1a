import type { Migration } from '@troupe/inbox';

/** Stations of one hall. */
const PER_HALL = 16;

/**
 * What packing keeps. A station is kept for one fulfilment at a time, and a fulfilment has one station at most.
 * @param stations how many there are, once their table is made
 */
export function migrations(stations: number): readonly Migration[] {
  const rows = Array.from({ length: stations }, (_, index) => {
    const hall = Math.floor(index / PER_HALL) + 1;
    return `('st-${twoDigits(index + 1)}', 'hall-${hall}/bay-${twoDigits((index % PER_HALL) + 1)}')`;
  });
  return [
    {
      name: '0001-stations-parcels-and-labels',
      sql: `
        CREATE TABLE stations (
          station_id text PRIMARY KEY,
          address text NOT NULL UNIQUE,
          fulfilment_id text UNIQUE
        );
        CREATE TABLE parcels (
          parcel_id text PRIMARY KEY,
          fulfilment_id text NOT NULL,
          station_id text NOT NULL REFERENCES stations,
          lines integer NOT NULL,
          packed_at timestamptz NOT NULL DEFAULT now(),
          unpacked_at timestamptz
        );
        CREATE TABLE labels (
          label_number text PRIMARY KEY,
          parcel_id text NOT NULL REFERENCES parcels,
          printed_at timestamptz NOT NULL DEFAULT now(),
          void_at timestamptz
        );
        CREATE INDEX labels_of_parcel ON labels (parcel_id);
      `,
    },
    { name: '0002-stations', sql: `INSERT INTO stations (station_id, address) VALUES ${rows.join(', ')}` },
  ];
}

const twoDigits = (number: number): string => String(number).padStart(2, '0');
