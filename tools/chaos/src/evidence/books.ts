import { type Databases, OWNERS } from '../databases.ts';
import { UNITS } from '../stage.ts';

/** What the apps wrote into their databases. */
export interface Books {
  /** By the world's word for what was done: ids of payments, refunds, reservations and parcels. */
  readonly effects: ReadonlyMap<string, ReadonlySet<string>>;
  /** Each message that a step handled: `<app>/<step> <source> <id>`. */
  readonly handled: ReadonlySet<string>;
  /** Messages that were never published. */
  readonly outbox: number;
  /** Products of which pieces are neither in stock nor reserved, or both. */
  readonly wrongStock: readonly string[];
}

export async function readBooks(databases: Databases): Promise<Books> {
  const ids = async (owner: (typeof OWNERS)[number], column: string, table: string) => {
    const rows = await databases.query<{ id: string }>(
      owner,
      `SELECT DISTINCT ${column} AS id FROM ${table}`,
    );
    return new Set(rows.map(({ id }) => id));
  };
  const effects = new Map([
    ['charge', await ids('payments', 'payment_id', 'payments')],
    ['refund', await ids('payments', 'payment_id', 'refunds')],
    ['reserve', await ids('inventory', 'reservation_id', 'reservations')],
    ['dispatch', await ids('shipping', 'parcel_id', 'parcels')],
  ]);
  const { handled, outbox } = await readInboxes(databases, OWNERS);
  const wrong = await databases.query<{ sku: string }>('inventory', WRONG_STOCK);
  return { effects, handled, outbox, wrongStock: wrong.map(({ sku }) => sku) };
}

/** What the inboxes and outboxes of these apps say. */
export async function readInboxes(
  databases: Databases,
  owners: readonly string[],
): Promise<Pick<Books, 'handled' | 'outbox'>> {
  const handled = new Set<string>();
  let outbox = 0;
  for (const owner of owners) {
    const rows = await databases.query<{ step: string; source: string; id: string }>(
      owner,
      'SELECT step, source, id FROM troupe.inbox',
    );
    for (const { step, source, id } of rows) handled.add(`${step.replace('__', '/')} ${source} ${id}`);
    const [left] = await databases.query<{ count: string }>(owner, 'SELECT count(*) FROM troupe.outbox');
    outbox += Number(left?.count);
  }
  return { handled, outbox };
}

/** What has no warehouse never had any. */
const WRONG_STOCK = `
  SELECT stock.sku FROM stock LEFT JOIN reservations USING (sku)
  GROUP BY stock.sku, stock.units
  HAVING stock.units + coalesce(sum(reservations.units), 0) NOT IN (${UNITS}, 0)
`;
