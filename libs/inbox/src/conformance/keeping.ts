import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { migrate } from '../migrations.ts';
import { purgeBatch } from '../purge.ts';
import { type Behaviour, behaviour, type Open } from './behaviour.ts';
import { contentOf, message, Stage } from './stage.ts';

/** What an inbox promises of what it keeps: content, time and tables. */
export function keeping(open: Open): Behaviour[] {
  return [
    behaviour(
      open,
      'tells what was wrong with a statement, and nothing of its values',
      async ({ database }) => {
        await assert.rejects(database.query('SELECT $1::text FROM nowhere', ['secret']), (error) => {
          assert.ok(error instanceof Error && 'code' in error);
          assert.equal(error.code, '42P01');
          assert.doesNotMatch(inspect(error), /secret/);
          return true;
        });
      },
    ),

    behaviour(open, 'takes ids of any length and content', async (stage) => {
      for (const id of ['x'.repeat(100_000), 'nul\0', '\ud800']) {
        const key = { ...stage.key(id), source: id };
        await stage.inbox.process(key, async () => []);
        const again = stage.inbox.process(key, () => Promise.reject(new Error('called again')));
        assert.deepEqual(await again, []);
      }
    }),

    behaviour(open, 'keeps messages byte by byte, however many', async (stage) => {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      const many = Array.from({ length: 2_500 }, (_, i) => ({ ...message(`m${i}`), payload: bytes }));
      await stage.inbox.process(stage.key('a'), async () => many);
      const again = await stage.handle('a', []);
      assert.deepEqual(again.map(contentOf), many.map(contentOf));
    }),

    behaviour(open, 'forgets in batches what is over its time, its own and published', async (stage) => {
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
      open,
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

    behaviour(open, 'applies no migration when one fails, and names it', async (stage) => {
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

    behaviour(open, 'reads and writes values of each type alike', async ({ database }) => {
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
