import { EffectsUnavailableError } from '@troupe/jetstream';
import type { Database, Session } from './database/database.ts';
import { MigrationError } from './errors.ts';
import { PLATFORM, PLATFORM_MIGRATIONS } from './tables.ts';

/** One change of an app's tables. Once it is applied somewhere, a change of it changes nothing: add another. */
export interface Migration {
  /** Unique in its app: `0002-refunds`. */
  readonly name: string;
  /** One statement or several, none of which ends a transaction: all that is due is applied in one. */
  readonly sql: string;
}

const LOCK = `SELECT pg_advisory_xact_lock(hashtext('troupe.migrations'))`;

/**
 * Applies what was not applied yet, each once and in order, whatever the number of instances that start together.
 * A database that has everything is only read, so an app may run without the right to make tables.
 * @throws MigrationError when a statement fails: then nothing is applied
 */
export async function migrate(
  database: Database,
  app: string,
  migrations: readonly Migration[],
): Promise<void> {
  assertDistinct(app, migrations);
  if ((await due(database, app, migrations)).length === 0 && (await due(database, PLATFORM)).length === 0)
    return;
  await database.transaction(async (session) => {
    await session.query(LOCK);
    await session.script(HISTORY);
    await apply(session, PLATFORM, await due(session, PLATFORM));
    await apply(session, app, await due(session, app, migrations));
  });
}

const HISTORY = `
  CREATE SCHEMA IF NOT EXISTS troupe;
  CREATE TABLE IF NOT EXISTS troupe.migrations (
    app text NOT NULL,
    name text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (app, name)
  );
`;

async function due(
  database: Pick<Database, 'query'>,
  app: string,
  migrations: readonly Migration[] = PLATFORM_MIGRATIONS,
): Promise<readonly Migration[]> {
  const [history] = await database.query<{ made: boolean }>(
    `SELECT to_regclass('troupe.migrations') IS NOT NULL AS made`,
  );
  if (history?.made !== true) return migrations;
  const rows = await database.query<{ name: string }>('SELECT name FROM troupe.migrations WHERE app = $1', [
    app,
  ]);
  const applied = new Set(rows.map(({ name }) => name));
  return migrations.filter(({ name }) => !applied.has(name));
}

async function apply(session: Session, app: string, migrations: readonly Migration[]): Promise<void> {
  for (const { name, sql } of migrations) {
    try {
      await session.script(sql);
      await session.query('INSERT INTO troupe.migrations (app, name) VALUES ($1, $2)', [app, name]);
    } catch (error) {
      if (error instanceof EffectsUnavailableError) throw error;
      const why = error instanceof Error ? error.message : String(error);
      throw new MigrationError(`Migration ${name} of ${app} failed, and none was applied: ${why}.`, {
        cause: error,
      });
    }
  }
}

function assertDistinct(app: string, migrations: readonly Migration[]): void {
  const names = migrations.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined)
    throw new MigrationError(`Two migrations of ${app} are named ${twice}; rename the newer one.`);
}
