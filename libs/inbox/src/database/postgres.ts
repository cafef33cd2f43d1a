import { EffectsUnavailableError } from '@troupe/jetstream';
import { Pool, type PoolClient, types } from 'pg';
import { TransactionFailedError } from '../errors.ts';
import type { Database, Row, Session } from './database.ts';
import { GuardedSession } from './guarded-session.ts';
import { Slots } from './slots.ts';
import { PARSERS } from './types.ts';

const CONNECTIONS = 10;
const CONNECT_MS = 5_000;
/** A statement that takes longer counts as a database that does not answer. */
const STATEMENT_MS = 30_000;

/** A PostgreSQL server, 14 or newer, by its `postgres://` address; up to 10 connections. */
export function postgresDatabase(url: string): Database {
  return new Postgres(url);
}

class Postgres implements Database {
  readonly shared = true;
  readonly where: string;
  problem: string | undefined;
  readonly #pool: Pool;
  /** The pool would count the time that a busy database makes others wait as a database that does not answer. */
  readonly #slots = new Slots(CONNECTIONS);
  #closed: Promise<void> | undefined;

  constructor(url: string) {
    const { host, pathname } = new URL(url);
    this.where = `PostgreSQL at ${host}${pathname}`;
    this.#pool = new Pool({
      connectionString: url,
      max: CONNECTIONS,
      connectionTimeoutMillis: CONNECT_MS,
      query_timeout: STATEMENT_MS,
      keepAlive: true,
      application_name: 'troupe',
      types: {
        getTypeParser: ((oid: number, format?: 'text') =>
          PARSERS[oid] ?? types.getTypeParser(oid, format)) as typeof types.getTypeParser,
      },
    });
    // A connection that dies while nobody asks it would end the process; whoever asks it next is told.
    this.#pool.on('connect', (client) => client.on('error', () => {}));
    this.#pool.on('error', () => {});
  }

  async open(): Promise<void> {
    await this.query('SELECT 1');
  }

  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return this.#slots.run(() => this.#transaction(work));
  }

  async query<R extends object = Row>(sql: string, values: readonly unknown[] = []): Promise<R[]> {
    const asked = () => this.#answered(this.#pool.query<R>(sql, [...values]));
    return (await this.#slots.run(asked)).rows;
  }

  close(): Promise<void> {
    this.#closed ??= this.#pool.end();
    return this.#closed;
  }

  async #transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const client = await this.#answered(this.#pool.connect());
    const session = new GuardedSession(this.#sessionOf(client));
    try {
      await this.#answered(client.query('BEGIN'));
      const result = await work(session);
      session.end();
      const { command } = await this.#answered(client.query('COMMIT'));
      if (command !== 'COMMIT') throw new TransactionFailedError(session.failure); // it says ROLLBACK, and no error
      client.release();
      return result;
    } catch (error) {
      session.end();
      await this.#rollBack(client, error);
      throw error;
    }
  }

  #sessionOf(client: PoolClient): Session {
    return {
      query: async <R extends object>(sql: string, values: readonly unknown[] = []) =>
        (await this.#answered(client.query<R>(sql, [...values]))).rows,
      script: async (sql) => {
        await this.#answered(client.query(sql));
      },
    };
  }

  /** The server rolls back what a lost connection had begun. */
  async #rollBack(client: PoolClient, error: unknown): Promise<void> {
    if (error instanceof EffectsUnavailableError) {
      client.release(true);
      return;
    }
    await client.query('ROLLBACK').then(
      () => client.release(),
      () => client.release(true),
    );
  }

  async #answered<T>(asked: Promise<T>): Promise<T> {
    try {
      const answer = await asked;
      this.problem = undefined;
      return answer;
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      const why = error.message || error.code;
      this.problem = `The database (${this.where}) does not answer: ${why}.`;
      throw new EffectsUnavailableError(this.problem, { cause: error });
    }
  }
}

/** Connection exceptions, a server that starts or stops, too many connections, a former primary. */
const SQL_STATES = /^(08...|57P0[1-4]|53300|25006)$/;
const SYSTEM_CODES = /^(ECONN.*|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH)$/;
/** What the driver says without a code. */
const SENTENCES =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Client was closed)/;

function isUnavailable(error: unknown): error is NodeJS.ErrnoException {
  if (!(error instanceof Error)) return false;
  const { code } = error as NodeJS.ErrnoException;
  if (code !== undefined) return SQL_STATES.test(code) || SYSTEM_CODES.test(code);
  return SENTENCES.test(error.message);
}
