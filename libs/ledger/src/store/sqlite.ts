import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { LedgerStoreError } from '../errors.ts';
import type { Database, Insertion, Session, Value } from './database.ts';

/** A database that ends with the process. */
export const IN_MEMORY = ':memory:';

/** SQLite in a file of this machine; its folder is made. Write-ahead log: whoever reads the file is not held up. */
export function sqliteDatabase(file: string): Database {
  return new Sqlite(file);
}

class Sqlite implements Database {
  readonly where: string;
  readonly exchange = undefined;
  #database: DatabaseSync | undefined;
  readonly #statements = new Map<string, StatementSync>();
  #turn: Promise<unknown> = Promise.resolve();

  constructor(private readonly file: string) {
    this.where = file === IN_MEMORY ? 'SQLite in memory' : `SQLite in ${file}`;
  }

  async open(schema: string, unless?: string): Promise<void> {
    await this.#turn;
    try {
      this.#statements.clear();
      this.#database ??= this.#opened();
      this.#database.exec('BEGIN IMMEDIATE;');
      const isDone = unless !== undefined && this.#database.prepare(unless).get() !== undefined;
      this.#database.exec(isDone ? 'COMMIT;' : `${schema} COMMIT;`);
    } catch (error) {
      if (this.#database?.isTransaction) this.#database.exec('ROLLBACK');
      throw new LedgerStoreError(`The ledger cannot be kept (${this.where}): ${String(error)}.`, {
        cause: error,
      });
    }
  }

  #opened(): DatabaseSync {
    if (this.file !== IN_MEMORY) mkdirSync(dirname(this.file), { recursive: true });
    const database = new DatabaseSync(this.file);
    // What a crash of the machine takes from the log is read from the streams again: the position goes with it.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;');
    // A page that changes often is written to the file once for many times. A longer log (this one grows to 8 MB) holds
    // up whoever asks for as long as it takes to write it down.
    database.exec('PRAGMA wal_autocheckpoint = 2000;');
    // Waiting holds up the whole process: another writer is told of soon, and tried again.
    database.exec('PRAGMA busy_timeout = 100;');
    return database;
  }

  async all<R extends object>(sql: string, values: readonly Value[] = []): Promise<R[]> {
    return this.#prepared(sql).all(...values) as R[];
  }

  async run(sql: string, values: readonly Value[] = []): Promise<void> {
    this.#prepared(sql).run(...values);
  }

  async insert(
    { table, columns, key, conflict }: Insertion,
    rows: readonly (readonly Value[])[],
  ): Promise<void> {
    const places = columns.map(() => '?').join(', ');
    const statement = this.#prepared(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES (${places}) ON CONFLICT (${key.join(', ')}) ${conflict}`,
    );
    for (const row of rows) statement.run(...row);
  }

  transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const turn = this.#turn.then(() => this.#transaction(work));
    this.#turn = turn.catch(() => {}); // told to whoever asked
    return turn;
  }

  async close(): Promise<void> {
    await this.#turn;
    this.#statements.clear();
    this.#database?.close();
    this.#database = undefined;
  }

  async #transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    await this.run('BEGIN IMMEDIATE');
    try {
      const result = await work(this);
      await this.run('COMMIT');
      return result;
    } catch (error) {
      await this.run('ROLLBACK').catch(() => {}); // SQLite did it itself
      throw error;
    }
  }

  #prepared(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      if (this.#database === undefined) throw new LedgerStoreError(`The ledger (${this.where}) is not open.`);
      statement = this.#database.prepare(sql.replace(/\$(\d+)/g, '?$1'));
      this.#statements.set(sql, statement);
    }
    return statement;
  }
}
