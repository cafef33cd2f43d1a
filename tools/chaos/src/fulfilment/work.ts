import type { Databases } from '../databases.ts';

/** What the workers wrote into their databases. */
export interface Work {
  readonly picks: readonly Pick[];
  readonly parcels: readonly Parcel[];
  /** Numbers of stations that are still kept, with the fulfilment. */
  readonly kept: readonly { readonly station: string; readonly fulfilment: string }[];
  /** Products of which pieces are neither on their shelf nor picked, or both. */
  readonly wrongShelves: readonly string[];
}

export interface Pick {
  readonly fulfilment: string;
  readonly line: number;
  /** It lies on its shelf again. */
  readonly restocked: boolean;
}

export interface Parcel {
  readonly fulfilment: string;
  readonly lines: number;
  /** It was not unpacked. */
  readonly stands: boolean;
  /** Labels that are not void. */
  readonly labels: number;
}

/** Pieces of each product at the beginning. */
const UNITS = 1_000_000;

export async function readWork(databases: Databases): Promise<Work> {
  const [picks, parcels, kept, wrong] = await Promise.all([
    databases.query<Pick>('picking', PICKS),
    databases.query<Parcel>('packing', PARCELS),
    databases.query<Work['kept'][number]>('packing', KEPT),
    databases.query<{ sku: string }>('picking', WRONG_SHELVES),
  ]);
  return { picks, parcels, kept, wrongShelves: wrong.map(({ sku }) => sku) };
}

const PICKS = `
  SELECT fulfilment_id AS fulfilment, line, restocked_at IS NOT NULL AS restocked FROM picks
`;

const PARCELS = `
  SELECT fulfilment_id AS fulfilment, lines, unpacked_at IS NULL AS stands,
         (SELECT count(*)::int FROM labels WHERE labels.parcel_id = parcels.parcel_id AND void_at IS NULL) AS labels
  FROM parcels
`;

const KEPT = `
  SELECT station_id AS station, fulfilment_id AS fulfilment FROM stations WHERE fulfilment_id IS NOT NULL
`;

/** Of a lantern there never was one. */
const WRONG_SHELVES = `
  SELECT shelves.sku FROM shelves LEFT JOIN picks ON picks.sku = shelves.sku AND restocked_at IS NULL
  GROUP BY shelves.sku, shelves.units
  HAVING shelves.units + coalesce(sum(picks.units), 0) NOT IN (${UNITS}, 0)
`;
