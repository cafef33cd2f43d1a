import pg from 'pg';
import { LedgerStoreError } from '../errors.ts';
import type { Database, Insertion, Session, Value } from './database.ts';
import { PostgresExchange } from './postgres-exchange.ts';

const CONNECTIONS = 4;
const CONNECT_MS = 5_000;
const STATEMENT_MS = 30_000;
/** Rows that one statement puts. */
const CHUNK = 200;
const INT8 = 20;
const DEADLOCK = '40P01';

/** A PostgreSQL server, 14 or newer, by its `postgres://` address; up to 4 connections, and one that listens. */
export function postgresDatabase(url: string): Database {
  return new Postgres(url);
}

class Postgres implements Database {
  readonly where: string;
  readonly exchange: PostgresExchange;
  readonly #pool: pg.Pool;
  #closed: Promise<void> | undefined;

  constructor(url: string) {
    const { host, pathname } = new URL(url);
    this.where = `PostgreSQL at ${host}${pathname}`;
    this.exchange = new PostgresExchange(url);
    this.#pool = new pg.Pool({
      connectionString: url,
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: STATEMENT_MS,
      keepAlive: true,
      application_name: 'troupe-ledger',
      types: {
        getTypeParser: ((oid: number, format?: 'text') =>
          oid === INT8 ? Number : pg.types.getTypeParser(oid, format)) as typeof pg.types.getTypeParser,
      },
    });
    // A connection that dies while nobody asks it would end the process; whoever asks it next is told.
    this.#pool.on('connect', (client) => client.on('error', () => {}));
    this.#pool.on('error', () => {});
  }

  async open(schema: string, unless?: string): Promise<void> {
    const statements = schema.replaceAll('INTEGER', 'BIGINT').replaceAll('WITHOUT ROWID', '');
    try {
      await this.transaction(async (session) => {
        await session.all(`SELECT pg_advisory_xact_lock(hashtext('troupe.ledger'))`);
        const isDone = unless !== undefined && (await session.all(unless)).length > 0;
        if (!isDone) await session.run(statements);
      });
    } catch (error) {
      throw new LedgerStoreError(`The ledger cannot be kept (${this.where}): ${String(error)}.`, {
        cause: error,
      });
    }
  }

  async all<R extends object>(sql: string, values: readonly Value[] = []): Promise<R[]> {
    const ask = (): Promise<R[]> => this.#answered(rowsOf<R>(this.#pool, sql, values));
    try {
      return await ask();
    } catch (error) {
      if ((error as { code?: unknown }).code !== DEADLOCK) throw error;
      return ask(); // all tables were being made anew: asked again, it waits for them
    }
  }

  async run(sql: string, values: readonly Value[] = []): Promise<void> {
    await this.#answered(rowsOf(this.#pool, sql, values));
  }

  insert(insertion: Insertion, rows: readonly (readonly Value[])[]): Promise<void> {
    return this.#answered(insertInto(this.#pool, insertion, rows));
  }

  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#answered(this.#transaction(work));
  }

  /** What the database refuses has a SQL state; without one, or with one of a server that ends, it does not answer. */
  async #answered<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      if (!(error instanceof Error) || error instanceof LedgerStoreError) throw error;
      const { code } = error as NodeJS.ErrnoException;
      if (code !== undefined && /^[0-9A-Z]{5}$/.test(code) && !/^(08|57P0)/.test(code)) throw error;
      throw new LedgerStoreError(`The ledger's database (${this.where}) does not answer: ${error.message}.`, {
        cause: error,
      });
    }
  }

  async #transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      await client.query('BEGIN');
      const result = await work({
        all: (sql, values = []) => rowsOf(client, sql, values),
        run: async (sql, values = []) => void (await rowsOf(client, sql, values)),
        insert: (insertion, rows) => insertInto(client, insertion, rows),
      });
      await client.query('COMMIT');
      client.release();
      return result;
    } catch (error) {
      await client.query('ROLLBACK').then(
        () => client.release(),
        () => client.release(true),
      );
      throw error;
    }
  }

  close(): Promise<void> {
    this.#closed ??= Promise.all([this.exchange.close(), this.#pool.end()]).then(() => {});
    return this.#closed;
  }
}

type Client = Pick<pg.PoolClient, 'query'>;

async function rowsOf<R extends object>(client: Client, sql: string, values: readonly Value[]): Promise<R[]> {
  // Without parameters it may be several statements, which the protocol takes only as text.
  const asked = values.length === 0 ? client.query<R>(sql) : client.query<R>(sql, [...values]);
  return (await asked).rows;
}

async function insertInto(
  client: Client,
  insertion: Insertion,
  rows: readonly (readonly Value[])[],
): Promise<void> {
  for (const round of roundsOf(rows, insertion.key.length)) {
    for (let at = 0; at < round.length; at += CHUNK) {
      const chunk = round.slice(at, at + CHUNK);
      await client.query(statementOf(insertion, chunk.length), chunk.flat());
    }
  }
}

/** One statement may not touch a row twice: later rows of one key are put by later statements. */
function roundsOf(rows: readonly (readonly Value[])[], keyLength: number): (readonly Value[])[][] {
  const rounds: (readonly Value[])[][] = [];
  const seen = new Map<string, number>();
  for (const row of rows) {
    const key = JSON.stringify(row.slice(0, keyLength));
    const round = seen.get(key) ?? 0;
    seen.set(key, round + 1);
    rounds[round] ??= [];
    rounds[round].push(row);
  }
  return rounds;
}

function statementOf(insertion: Insertion, rows: number): string {
  const { table, columns, key, conflict } = insertion;
  let n = 0;
  const places = Array.from({ length: rows }, () => `(${columns.map(() => `$${++n}`).join(', ')})`);
  return `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${places.join(', ')} ON CONFLICT (${key.join(', ')}) ${conflict}`;
}
