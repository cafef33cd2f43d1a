import { CANDIDATES, clueOf } from './clue.ts';
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

  /** The flow of that id, and at most `limit` others, the youngest. */
  async find(key: string, limit: number): Promise<FoundFlow[]> {
    const flows = await this.database.all<Row>('SELECT n, id FROM flow WHERE id = $1', [key]);
    const others = await this.database.all<Row & { name: number | null; isMessage: number | boolean }>(
      `${CANDIDATES}
        SELECT flow.n AS n, flow.id AS id, business_key.name AS name,
          EXISTS (SELECT 1 FROM message WHERE message.flow = flow.n AND message.id = $2) AS "isMessage"
        FROM candidate JOIN flow ON flow.n = candidate.flow
        LEFT JOIN business_key ON business_key.flow = flow.n AND business_key.value = $2
        ORDER BY flow.n DESC LIMIT $3`,
      [clueOf(key), key, limit],
    );
    const found = flows.map(({ n, id }): FoundFlow => ({ n, flow: id, kind: 'flow', name: undefined }));
    for (const { n, id, name, isMessage } of others) {
      if (isMessage) found.push({ n, flow: id, kind: 'message', name: undefined });
      if (name === null) continue;
      const word = await this.words.wordOf(this.database, name);
      found.push({ n, flow: id, kind: 'business-key', name: word });
    }
    return found;
  }
}

interface Row {
  readonly n: number;
  readonly id: string;
}
