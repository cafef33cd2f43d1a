import type { OutgoingMessage } from '@troupe/jetstream';
import type { Database, Transaction } from './database/database.ts';

/** How long whoever publishes a message is alone with it; then it counts as left behind. */
const LEASE = `interval '10 seconds'`;
/** Rows of one statement: five values each, of 65,535. */
const ROWS = 1_000;

/** A message in the outbox. */
export interface StoredMessage extends OutgoingMessage {
  readonly seq: number;
}

interface OutboxRow {
  readonly seq: number;
  readonly message_id: string | null;
  readonly subject: string;
  readonly headers: Uint8Array;
  readonly payload: Uint8Array;
}

const COLUMNS = 'seq, message_id, subject, headers, payload';

/** Messages that were committed and are not known to be published. */
export class Outbox {
  constructor(
    private readonly database: Database,
    private readonly app: string,
  ) {}

  /** Adds what one message caused; the caller publishes it after the commit. */
  async add(transaction: Transaction, key: string, messages: readonly OutgoingMessage[]): Promise<void> {
    for (let from = 0; from < messages.length; from += ROWS) {
      const values: unknown[] = [this.app, key];
      const rows = messages.slice(from, from + ROWS).map(({ messageId, subject, headers, payload }) => {
        const at = values.push(messageId ?? null, subject, headers, payload);
        return `($1, $2, $${at - 3}, $${at - 2}, $${at - 1}::bytea, $${at}::bytea, now() + ${LEASE})`;
      });
      await transaction.query(
        `INSERT INTO troupe.outbox (app, key, message_id, subject, headers, payload, due_at) VALUES ${rows.join(', ')}`,
        values,
      );
    }
  }

  /** What is left of one message's outputs, for the caller to publish. */
  async take(transaction: Transaction, key: string): Promise<StoredMessage[]> {
    const rows = await transaction.query<OutboxRow>(
      `UPDATE troupe.outbox SET due_at = now() + ${LEASE} WHERE key = $1 RETURNING ${COLUMNS}`,
      [key],
    );
    return stored(rows);
  }

  /** The oldest messages that were left behind, for the caller to publish; no other caller gets the same ones. */
  async claim(most: number): Promise<StoredMessage[]> {
    const rows = await this.database.query<OutboxRow>(
      `UPDATE troupe.outbox SET due_at = now() + ${LEASE} WHERE seq IN (
         SELECT seq FROM troupe.outbox WHERE app = $1 AND due_at <= now()
         ORDER BY seq LIMIT $2 FOR UPDATE SKIP LOCKED
       ) RETURNING ${COLUMNS}`,
      [this.app, most],
    );
    return stored(rows);
  }

  async remove(seqs: readonly number[]): Promise<void> {
    await this.database.query('DELETE FROM troupe.outbox WHERE seq = ANY($1::bigint[])', [seqs]);
  }

  /** Removes all that these messages caused. */
  async removeOf(keys: readonly string[]): Promise<void> {
    await this.database.query('DELETE FROM troupe.outbox WHERE key = ANY($1::text[])', [keys]);
  }

  /** Everything counts as left behind: whoever was to publish it is known to be gone. */
  async expireLeases(): Promise<void> {
    await this.database.query('UPDATE troupe.outbox SET due_at = now() WHERE app = $1', [this.app]);
  }
}

function stored(rows: readonly OutboxRow[]): StoredMessage[] {
  return rows
    .map(({ seq, message_id, subject, headers, payload }) => ({
      seq,
      messageId: message_id ?? undefined,
      subject,
      headers,
      payload,
    }))
    .sort((a, b) => a.seq - b.seq);
}
