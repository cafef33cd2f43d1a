import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { inspect } from 'node:util';
import { type EffectsKey, type OutgoingMessage, silentLogger } from '@troupe/jetstream';
import type { Database, Transaction } from './database/database.ts';
import { TransactionFailedError, TransactionOverError } from './errors.ts';
import { Inbox } from './inbox.ts';
import { migrate } from './migrations.ts';
import { Outbox } from './outbox.ts';
import { purgeBatch } from './purge.ts';
import { Relay } from './relay.ts';

/** One thing that an inbox promises whatever database it has. */
export interface Behaviour {
  /** As a statement: `commits the handled row, … together`. */
  readonly name: string;
  /** Rejects when it does not hold. */
  check(): Promise<void>;
}

/**
 * All that an inbox promises of its database, to be held against each adapter. `open` gives a database that may hold
 * what earlier checks left, but must answer each call with the same one, or with one of its own.
 */
export function inboxConformance(open: () => Promise<Database>): Behaviour[] {
  const behaviour = (name: string, check: (stage: Stage) => Promise<void>): Behaviour => ({
    name,
    check: async () => check(await Stage.on(await open())),
  });
  return [
    behaviour('commits what a handler writes, what it says, and that it did together', async (stage) => {
      const unpublished = await stage.handle('a', ['x', 'y']);
      assert.deepEqual(unpublished.map(textOf), ['x', 'y']);
      assert.deepEqual(await stage.effects(), ['a']);
      assert.deepEqual(await stage.handled(), ['a']);
      assert.deepEqual(await stage.outbox(), ['x', 'y']);
    }),

    behaviour('keeps nothing of a handler that throws, and calls it again', async (stage) => {
      const failing = stage.inbox.process(stage.key('a'), async (transaction) => {
        await stage.write(transaction, 'a');
        throw new Error('no');
      });
      await assert.rejects(failing, /^Error: no$/);
      assert.deepEqual([await stage.effects(), await stage.handled(), await stage.outbox()], [[], [], []]);
      await stage.handle('a', ['x']);
      assert.deepEqual([await stage.effects(), await stage.outbox()], [['a'], ['x']]);
    }),

    behaviour('does not call a handler again, and gives what is still to be published', async (stage) => {
      const first = await stage.handle('a', ['x', 'y']);
      const again = await stage.handle('a', ['other']);
      assert.deepEqual(again.map(contentOf), first.map(contentOf));
      assert.deepEqual(await stage.effects(), ['a']);
      await stage.outboxOf.remove(await stage.seqs());
      assert.deepEqual(await stage.handle('a', ['other']), []);
    }),

    behaviour('tells steps, ids and sources apart', async (stage) => {
      for (const key of [
        stage.key('a'),
        { ...stage.key('a'), source: '/elsewhere' },
        { ...stage.key('a'), step: `${stage.app}__other` },
        stage.key('b'),
      ]) {
        await stage.inbox.process(key, async (transaction) => {
          await stage.write(transaction, 'done');
          return [];
        });
      }
      assert.equal((await stage.effects()).length, 4);
    }),

    behaviour('handles a message once that is delivered several times at once', async (stage) => {
      const ends = await Promise.all([1, 2, 3, 4].map(() => stage.handle('a', ['x'])));
      assert.deepEqual(await stage.effects(), ['a']);
      assert.deepEqual(
        ends.map((messages) => messages.map(contentOf)),
        ends.map(() => [contentOf(message('x'))]),
      );
    }),

    behaviour('lets the second of two deliveries handle what the first did not', async (stage) => {
      let second: Promise<unknown> = Promise.resolve();
      const first = stage.inbox.process(stage.key('a'), async (transaction) => {
        await stage.write(transaction, 'first');
        second = stage.handle('a', ['x']);
        throw new Error('no');
      });
      await assert.rejects(first, /^Error: no$/);
      await second;
      assert.deepEqual(await stage.effects(), ['a']);
    }),

    behaviour('commits nothing when a statement failed and the handler went on', async (stage) => {
      const swallowing = stage.inbox.process(stage.key('a'), async (transaction) => {
        await stage.write(transaction, 'a');
        await transaction.query('SELECT 1 / 0').catch(() => undefined);
        return [];
      });
      await assert.rejects(swallowing, TransactionFailedError);
      assert.deepEqual([await stage.effects(), await stage.handled()], [[], []]);
    }),

    behaviour('tells what was wrong with a statement, and nothing of its values', async ({ database }) => {
      await assert.rejects(database.query('SELECT $1::text FROM nowhere', ['secret']), (error) => {
        assert.ok(error instanceof Error && 'code' in error);
        assert.equal(error.code, '42P01');
        assert.doesNotMatch(inspect(error), /secret/);
        return true;
      });
    }),

    behaviour('commits what a handler kept with a savepoint', async (stage) => {
      await stage.inbox.process(stage.key('a'), async (transaction) => {
        await stage.write(transaction, 'kept');
        await transaction.query('SAVEPOINT attempt');
        await transaction.query('SELECT 1 / 0').catch(() => transaction.query('ROLLBACK TO attempt'));
        return [];
      });
      assert.deepEqual(await stage.effects(), ['kept']);
    }),

    behaviour('refuses a transaction that is over', async (stage) => {
      let kept: Transaction | undefined;
      await stage.inbox.process(stage.key('a'), async (transaction) => {
        kept = transaction;
        return [];
      });
      assert.ok(kept);
      await assert.rejects(stage.write(kept, 'late'), TransactionOverError);
      assert.deepEqual(await stage.effects(), []);
    }),

    behaviour('takes ids of any length and content', async (stage) => {
      for (const id of ['x'.repeat(100_000), 'nul\0', '\ud800']) {
        const key = { ...stage.key(id), source: id };
        await stage.inbox.process(key, async () => []);
        const again = stage.inbox.process(key, () => Promise.reject(new Error('called again')));
        assert.deepEqual(await again, []);
      }
    }),

    behaviour('keeps messages byte by byte, however many', async (stage) => {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      const many = Array.from({ length: 2_500 }, (_, i) => ({ ...message(`m${i}`), payload: bytes }));
      await stage.inbox.process(stage.key('a'), async () => many);
      const again = await stage.handle('a', []);
      assert.deepEqual(again.map(contentOf), many.map(contentOf));
    }),

    behaviour('relays what a process that died had committed, with the same ids', async (stage) => {
      const committed = await stage.handle('a', ['x', 'y']);
      const live = stage.relay();
      assert.deepEqual(await live.turn(), []); // whoever committed may still be at it
      await stage.outboxOf.expireLeases();
      assert.deepEqual((await live.turn()).map(contentOf), committed.map(contentOf));
      assert.deepEqual(await stage.outbox(), []);
      assert.deepEqual(await stage.handle('a', []), []);
    }),

    behaviour('relays each message once, whatever the number of relays', async (stage) => {
      const texts = Array.from({ length: 450 }, (_, i) => `m${i}`);
      await stage.handle('a', texts);
      await stage.outboxOf.expireLeases();
      const relays = [stage.relay(), stage.relay(), stage.relay()];
      const published = (await Promise.all(relays.map((relay) => relay.turn()))).flat();
      assert.deepEqual(published.map(textOf).sort(), [...texts].sort());
      assert.deepEqual(await stage.outbox(), []);
    }),

    behaviour('keeps what the broker did not take, and relays it later', async (stage) => {
      await stage.handle('a', ['x', 'y']);
      await stage.outboxOf.expireLeases();
      assert.deepEqual((await stage.relay((text) => text !== 'x').turn()).map(textOf), ['y']);
      assert.deepEqual(await stage.outbox(), ['x']);
      await stage.outboxOf.expireLeases();
      assert.deepEqual((await stage.relay().turn()).map(textOf), ['x']);
    }),

    behaviour('relays for its own app alone', async (stage) => {
      await stage.handle('a', ['x']);
      await stage.outboxOf.expireLeases();
      const other = await Stage.on(stage.database);
      assert.deepEqual(await other.relay().turn(), []);
      assert.deepEqual(await stage.outbox(), ['x']);
    }),

    behaviour('forgets in batches what is over its time, its own and published', async (stage) => {
      const other = await Stage.on(stage.database);
      await other.handle('theirs', []);
      await stage.handle('open', ['x']);
      await stage.database.query(
        `INSERT INTO troupe.inbox (key, step, source, id)
         SELECT $1 || n, $1 || '__step', '/test', n::text FROM generate_series(1, 1500) n`,
        [stage.app],
      );
      await stage.database.query(
        `UPDATE troupe.inbox SET handled_at = now() - interval '91 days' WHERE step LIKE ANY ($1)`,
        [[`${stage.app}%`, `${other.app}%`]],
      );
      await stage.handle('recent', []);
      assert.equal(await purgeBatch(stage.database, stage.app, 90), 1_000);
      assert.equal(await purgeBatch(stage.database, stage.app, 90), 500);
      assert.equal(await purgeBatch(stage.database, stage.app, 90), 0);
      assert.deepEqual([await stage.handled(), await other.handled()], [['open', 'recent'], ['theirs']]);
    }),

    behaviour(
      'applies migrations once and in order, though several instances start at once',
      async (stage) => {
        const table = `${stage.app}_made`;
        const migrations = [
          { name: '1', sql: `CREATE TABLE ${table} (n int); INSERT INTO ${table} VALUES (1);` },
          { name: '2', sql: `INSERT INTO ${table} SELECT max(n) + 1 FROM ${table}` },
        ];
        await Promise.all([1, 2, 3].map(() => migrate(stage.database, table, migrations)));
        await migrate(stage.database, table, [
          ...migrations,
          { name: '3', sql: `DELETE FROM ${table} WHERE n = 1` },
        ]);
        assert.deepEqual(await stage.database.query(`SELECT n FROM ${table}`), [{ n: 2 }]);
      },
    ),

    behaviour('applies no migration when one fails, and names it', async (stage) => {
      const table = `${stage.app}_unmade`;
      const migrations = [
        { name: 'first', sql: `CREATE TABLE ${table} (n int)` },
        { name: 'second', sql: 'CREATE TABEL typo (n int)' },
      ];
      await assert.rejects(migrate(stage.database, table, migrations), /Migration second .*TABEL/);
      assert.deepEqual(await stage.database.query('SELECT to_regclass($1) AS made', [table]), [
        { made: null },
      ]);
    }),

    behaviour('reads and writes values of each type alike', async ({ database }) => {
      const sql = `SELECT 7::int8 AS whole, 9007199254740993::int8 AS large, 1.50::numeric AS exact, true AS yes,
        '2026-02-03'::date AS day, '2026-02-03 04:05:06'::timestamp AS local,
        '2026-02-03T04:05:06Z'::timestamptz AS instant, $1::jsonb AS json, $2::bytea AS bytes, $3::text[] AS list,
        $4::int8 AS big, $5::timestamptz AS given, $6::text AS nothing`;
      const instant = new Date('2026-02-03T04:05:06Z');
      const values = ['{"a":[1]}', Buffer.from([0, 255]), ['a', 'b"'], 2n ** 60n, instant, null];
      const [row] = await database.query<{ bytes: Uint8Array }>(sql, values);
      assert.deepEqual(
        { ...row, bytes: [...(row?.bytes ?? [])] },
        {
          whole: 7,
          large: 9007199254740993n,
          exact: '1.50',
          yes: true,
          day: '2026-02-03',
          local: '2026-02-03 04:05:06',
          instant,
          json: { a: [1] },
          bytes: [0, 255],
          list: ['a', 'b"'],
          big: 2n ** 60n,
          given: instant,
          nothing: null,
        },
      );
    }),
  ];
}

/** An app of its own in a database, with a table that its handlers write to. */
class Stage {
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

function message(text: string): OutgoingMessage {
  return {
    subject: `evt.${text}`,
    messageId: `id-${text}`,
    headers: Buffer.from(`NATS/1.0\r\nce-id: ${text}\r\n\r\n`),
    payload: Buffer.from(text),
  };
}

function textOf({ payload }: { readonly payload: Uint8Array }): string {
  return Buffer.from(payload).toString();
}

function contentOf({ subject, messageId, headers, payload }: OutgoingMessage): unknown[] {
  return [subject, messageId, ...[headers, payload].map((bytes) => Buffer.from(bytes).toString('latin1'))];
}
