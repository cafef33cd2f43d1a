import type { Migration, Transaction } from '@troupe/inbox';
import { TerminalError } from '@troupe/nest';

/** What is known here, and not always there: of a lantern there is never any. */
const PRODUCTS = ['TENT-2P', 'TENT-4P', 'MAT-XL', 'STOVE-1', 'POT-2L', 'ROPE-30M'] as const;
const NEVER_THERE = 'LANTERN-9';

/**
 * What picking keeps. The shelves are filled once, when their table is made; none can hold less than nothing.
 * @param units of each product at the beginning
 */
export function migrations(units: number): readonly Migration[] {
  const rows = [...PRODUCTS.map((sku) => `('${sku}', ${units})`), `('${NEVER_THERE}', 0)`];
  return [
    {
      name: '0001-shelves-and-picks',
      sql: `
        CREATE TABLE shelves (
          sku text PRIMARY KEY,
          units bigint NOT NULL CHECK (units >= 0)
        );
        CREATE TABLE picks (
          pick_id text PRIMARY KEY,
          fulfilment_id text NOT NULL,
          line integer NOT NULL,
          sku text NOT NULL REFERENCES shelves,
          units bigint NOT NULL,
          picked_at timestamptz NOT NULL DEFAULT now(),
          restocked_at timestamptz
        );
      `,
    },
    { name: '0002-first-goods', sql: `INSERT INTO shelves (sku, units) VALUES ${rows.join(', ')}` },
  ];
}

/** Pieces that are taken together. */
export interface Pick {
  readonly pickId: string;
  readonly fulfilmentId: string;
  readonly line: number;
  readonly sku: string;
  readonly quantity: number;
}

/** Takes all pieces and resolves to undefined, or takes none and resolves to how many there are: 0 of what is unknown. */
export async function pick(transaction: Transaction, wanted: Pick): Promise<number | undefined> {
  const { pickId, fulfilmentId, line, sku, quantity } = wanted;
  const taken = await transaction.query(
    'UPDATE shelves SET units = units - $2 WHERE sku = $1 AND units >= $2 RETURNING sku',
    [sku, quantity],
  );
  if (taken.length === 0) return unitsOf(transaction, sku);
  await transaction.query(
    'INSERT INTO picks (pick_id, fulfilment_id, line, sku, units) VALUES ($1, $2, $3, $4, $5)',
    [pickId, fulfilmentId, line, sku, quantity],
  );
  return undefined;
}

/**
 * Puts the pieces of a pick back; those that are back already stay where they are.
 * @throws TerminalError nothing was ever picked under this id
 */
export async function restock(transaction: Transaction, pickId: string): Promise<void> {
  const [picked] = await transaction.query<{ sku: string; units: number }>(
    'UPDATE picks SET restocked_at = now() WHERE pick_id = $1 AND restocked_at IS NULL RETURNING sku, units',
    [pickId],
  );
  if (picked !== undefined) {
    const back = 'UPDATE shelves SET units = units + $2 WHERE sku = $1';
    await transaction.query(back, [picked.sku, picked.units]);
    return;
  }
  const known = await transaction.query('SELECT pick_id FROM picks WHERE pick_id = $1', [pickId]);
  if (known.length === 0)
    throw new TerminalError(`Nothing was picked as "${pickId}", so nothing can go back.`);
}

async function unitsOf(transaction: Transaction, sku: string): Promise<number> {
  const [row] = await transaction.query<{ units: number }>('SELECT units FROM shelves WHERE sku = $1', [sku]);
  return row?.units ?? 0;
}
