import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { PGlite, type Transaction as PGliteTransaction } from '@electric-sql/pglite';
import { EffectsUnavailableError } from '@troupe/jetstream';
import { TransactionFailedError } from '../errors.ts';
import { blankDatabase } from './blank.ts';
import type { Database, Row, Session } from './database.ts';
import { lockFolder } from './folder-lock.ts';
import { GuardedSession } from './guarded-session.ts';
import { PARSERS } from './types.ts';

/** As a folder: a database that nothing is left of when it is closed. */
export const IN_MEMORY = 'memory';

/**
 * PostgreSQL inside this process (PGlite), in a folder that is made when it is missing. One transaction at a time;
 * inside one, only the transaction itself may be asked, or both wait for ever.
 */
export function embeddedDatabase(folder: string): Database {
  return new Embedded(folder === IN_MEMORY ? undefined : resolve(folder));
}

class Embedded implements Database {
  readonly shared = false;
  readonly problem = undefined;
  readonly where: string;
  #opened: Promise<PGlite> | undefined;
  #release: (() => Promise<void>) | undefined;
  #closed: Promise<void> | undefined;

  /** @param folder undefined for memory */
  constructor(private readonly folder: string | undefined) {
    this.where = folder === undefined ? 'embedded, in memory' : `embedded, in ${folder}`;
  }

  async open(): Promise<void> {
    await this.#database();
  }

  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const database = await this.#database();
    let session: GuardedSession | undefined;
    let isDone = false;
    try {
      return await database.transaction(async (transaction) => {
        session = new GuardedSession(sessionOf(transaction));
        const result = await work(session);
        session.end();
        isDone = true;
        return result;
      });
    } catch (error) {
      throw isDone && session?.failure !== undefined ? new TransactionFailedError(session.failure) : error;
    } finally {
      session?.end();
    }
  }

  async query<R extends object = Row>(sql: string, values: readonly unknown[] = []): Promise<R[]> {
    const database = await this.#database();
    return (await withoutValues(database.query<R>(sql, [...values]))).rows;
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #database(): Promise<PGlite> {
    if (this.#closed !== undefined)
      return Promise.reject(new EffectsUnavailableError(`The database (${this.where}) is closed.`));
    this.#opened ??= this.#open().catch((error: unknown) => {
      this.#opened = undefined;
      throw error;
    });
    return this.#opened;
  }

  async #open(): Promise<PGlite> {
    if (this.folder === undefined) return newDatabase();
    await mkdir(dirname(this.folder), { recursive: true });
    const release = await lockFolder(this.folder);
    try {
      const database = await databaseIn(this.folder);
      this.#release = release;
      return database;
    } catch (error) {
      await release();
      throw error;
    }
  }

  async #close(): Promise<void> {
    const database = await this.#opened?.catch(() => undefined);
    await database?.close();
    await this.#release?.();
  }
}

/** What a process that died while it made the database left of it is no database, and made anew. */
async function databaseIn(folder: string): Promise<PGlite> {
  const unfinished = `${folder}.unfinished`;
  if (await isThere(unfinished)) await rm(folder, { recursive: true, force: true });
  if (await isThere(join(folder, 'PG_VERSION'))) return PGlite.create(folder, { parsers: PARSERS });
  await writeFile(unfinished, '');
  const database = await newDatabase(folder);
  await rm(unfinished);
  return database;
}

/** @param folder an empty or missing one. Default: memory */
async function newDatabase(folder?: string): Promise<PGlite> {
  const blank = await blankDatabase();
  return PGlite.create({
    parsers: PARSERS,
    ...(folder !== undefined && { dataDir: folder }),
    ...(blank !== undefined && { loadDataDir: blank }),
  });
}

function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

/** The driver leaves what a statement was given at its error, and so in logs; it may be personal. */
async function withoutValues<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof Error && 'params' in error) delete error.params;
    throw error;
  }
}

function sessionOf(transaction: PGliteTransaction): Session {
  return {
    query: async <R extends object>(sql: string, values: readonly unknown[] = []) =>
      (await withoutValues(transaction.query<R>(sql, [...values]))).rows,
    script: async (sql) => {
      await transaction.exec(sql);
    },
  };
}
