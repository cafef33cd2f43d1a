import { keptText } from '../model/text.ts';
import { CANDIDATES, clueOf } from './clue.ts';
import type { Database } from './database.ts';
import type { Words } from './words.ts';

/** A flow that a key leads to, and how. */
export interface FoundFlow {
  /** The ledger's number of the flow. */
  readonly n: number;
  readonly flow: string;
  /** When its oldest message was stored. */
  readonly started: number;
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

  /** The ledger's number of a flow; undefined when it is not known. */
  async flow(id: string): Promise<number | undefined> {
    const [flow] = await this.database.all<{ n: number }>('SELECT n FROM flow WHERE id = $1', [keptText(id)]);
    return flow?.n;
  }

  /** The flow of that id, and at most `limit` others, the youngest. */
  async find(asked: string, limit: number): Promise<FoundFlow[]> {
    const key = keptText(asked);
    const flows = await this.database.all<Row>('SELECT n, id, started FROM flow WHERE id = $1', [key]);
    const others = await this.database.all<Row & { name: number | null; isMessage: number | boolean }>(
      `${CANDIDATES}
        SELECT flow.n AS n, flow.id AS id, flow.started AS started, business_key.name AS name,
          EXISTS (SELECT 1 FROM message WHERE message.flow = flow.n AND message.id = $2) AS "isMessage"
        FROM candidate JOIN flow ON flow.n = candidate.flow
        LEFT JOIN business_key ON business_key.flow = flow.n AND business_key.value = $3
        ORDER BY flow.started DESC, flow.n DESC LIMIT $4`,
      [clueOf(key), key, key, limit],
    );
    const found = flows.map((row): FoundFlow => ({ ...flowOf(row), kind: 'flow', name: undefined }));
    for (const row of others) {
      if (row.isMessage) found.push({ ...flowOf(row), kind: 'message', name: undefined });
      if (row.name === null) continue;
      const name = await this.words.wordOf(this.database, row.name);
      found.push({ ...flowOf(row), kind: 'business-key', name });
    }
    return found;
  }
}

function flowOf({ n, id, started }: Row): Pick<FoundFlow, 'n' | 'flow' | 'started'> {
  return { n, flow: id, started };
}

interface Row {
  readonly n: number;
  readonly id: string;
  readonly started: number;
}
