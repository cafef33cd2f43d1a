import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { type EffectsKey, type OutgoingMessage, silentLogger } from '@troupe/jetstream';
import type { Database, Transaction } from '../database/database.ts';
import { Inbox } from '../inbox.ts';
import { Outbox } from '../outbox.ts';
import { Relay } from '../relay.ts';

/** An app of its own in a database, with a table that its handlers write to. */
export class Stage {
  readonly app = `c${randomUUID().replaceAll('-', '')}`;
  readonly inbox: Inbox;
  readonly outboxOf: Outbox;

  private constructor(readonly database: Database) {
    const migrations = [{ name: 'effects', sql: `CREATE TABLE ${this.app} (effect text)` }];
    this.inbox = new Inbox(database, { app: this.app, migrations });
    this.outboxOf = new Outbox(database, this.app);
  }

  static async on(database: Database): Promise<Stage> {
    const stage = new Stage(database);
    await stage.inbox.prepare();
    return stage;
  }

  key(id: string): EffectsKey {
    return { source: '/test', id, step: `${this.app}__step` };
  }

  /** Handles a message as a step does that writes its id and says these texts. */
  handle(id: string, texts: readonly string[]): Promise<readonly OutgoingMessage[]> {
    return this.inbox.process(this.key(id), async (transaction) => {
      await this.write(transaction, id);
      return texts.map(message);
    });
  }

  async write(transaction: Transaction, effect: string): Promise<void> {
    await transaction.query(`INSERT INTO ${this.app} VALUES ($1)`, [effect]);
  }

  async effects(): Promise<string[]> {
    const rows = await this.database.query<{ effect: string }>(`SELECT effect FROM ${this.app}`);
    return rows.map(({ effect }) => effect);
  }

  async handled(): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      'SELECT id FROM troupe.inbox WHERE step LIKE $1 ORDER BY handled_at, id',
      [`${this.app}%`],
    );
    return rows.map(({ id }) => id);
  }

  async outbox(): Promise<string[]> {
    const rows = await this.database.query<{ payload: Uint8Array }>(
      'SELECT payload FROM troupe.outbox WHERE app = $1 ORDER BY seq',
      [this.app],
    );
    return rows.map(textOf);
  }

  async seqs(): Promise<number[]> {
    const rows = await this.database.query<{ seq: number }>('SELECT seq FROM troupe.outbox WHERE app = $1', [
      this.app,
    ]);
    return rows.map(({ seq }) => seq);
  }

  /** A relay to a broker that takes what it is told to take. */
  relay(takes: (text: string) => boolean = () => true): { turn(): Promise<OutgoingMessage[]> } {
    const { outboxOf } = this;
    return {
      turn: async () => {
        const published: OutgoingMessage[] = [];
        const publish = async (outgoing: OutgoingMessage): Promise<void> => {
          await delay(1);
          if (!takes(textOf(outgoing))) throw new Error('not stored');
          published.push(outgoing);
        };
        const relay = new Relay(outboxOf, { log: silentLogger, isConnected: () => true, publish });
        await relay.turn();
        return published;
      },
    };
  }
}

export function message(text: string): OutgoingMessage {
  return {
    subject: `evt.${text}`,
    messageId: `id-${text}`,
    headers: Buffer.from(`NATS/1.0\r\nce-id: ${text}\r\n\r\n`),
    payload: Buffer.from(text),
  };
}

export function textOf({ payload }: { readonly payload: Uint8Array }): string {
  return Buffer.from(payload).toString();
}

export function contentOf({ subject, messageId, headers, payload }: OutgoingMessage): unknown[] {
  return [subject, messageId, ...[headers, payload].map((bytes) => Buffer.from(bytes).toString('latin1'))];
}
