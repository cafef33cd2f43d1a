import type { Database } from './database.ts';
import type { Words } from './words.ts';

/** A flow that a key leads to, and how. */
export interface FoundFlow {
  /** The ledger's number of the flow. */
  readonly n: number;
  readonly flow: string;
  readonly kind: 'flow' | 'message' | 'business-key';
  /** Name of the business key. */
  readonly name: string | undefined;
}

/** Leads from what a person has in hand to flows: a flow id, a message id, or any business key. */
export class Found {
  constructor(
    private readonly database: Database,
    private readonly words: Words,
  ) {}

  /** At most `limit` of each kind, the youngest. */
  async find(key: string, limit: number): Promise<FoundFlow[]> {
    const flows = await this.database.all<Row>('SELECT n, id FROM flow WHERE id = $1', [key]);
    const messages = await this.database.all<Row>(
      `SELECT DISTINCT flow.n AS n, flow.id AS id FROM message JOIN flow ON flow.n = message.flow
        WHERE message.id = $1 ORDER BY n DESC LIMIT $2`,
      [key, limit],
    );
    const keys = await this.database.all<Row & { name: number }>(
      `SELECT flow.n AS n, flow.id AS id, business_key.name AS name FROM business_key
        JOIN flow ON flow.n = business_key.flow WHERE business_key.value = $1 ORDER BY flow.n DESC LIMIT $2`,
      [key, limit],
    );
    const found: FoundFlow[] = [
      ...flows.map(({ n, id }) => ({ n, flow: id, kind: 'flow', name: undefined }) as const),
      ...messages.map(({ n, id }) => ({ n, flow: id, kind: 'message', name: undefined }) as const),
    ];
    for (const { n, id, name } of keys) {
      found.push({ n, flow: id, kind: 'business-key', name: await this.words.wordOf(this.database, name) });
    }
    return found;
  }
}

interface Row {
  readonly n: number;
  readonly id: string;
}
