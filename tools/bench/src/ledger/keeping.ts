import { rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NatsServer } from '@troupe/broker';
import { startPostgres } from '@troupe/postgres';
import pg from 'pg';
import type { StoreKind } from './options.ts';

/** Where ledgers are kept while they are measured. */
export interface Keeping {
  /** A new, empty place; what was there before goes. */
  anew(): Promise<string>;
  /** The last place, with what is in it. */
  readonly last: string;
  /** Bytes that the last place takes. */
  size(): Promise<number>;
  /** Removes everything. */
  end(): Promise<void>;
}

/** Files stand beside the streams of the server: they go with it, however the bench ends. */
export async function keep(kind: StoreKind, server: NatsServer): Promise<Keeping> {
  return kind === 'sqlite' ? keepInFiles(join(dirname(server.storeDir), 'ledger')) : keepInPostgres();
}

function keepInFiles(folder: string): Keeping {
  const file = join(folder, 'ledger.sqlite');
  const sizeOf = async (path: string): Promise<number> =>
    (await stat(path).catch(() => undefined))?.size ?? 0;
  return {
    anew: async () => {
      for (const suffix of ['', '-wal', '-shm']) await rm(file + suffix, { force: true });
      return file;
    },
    last: file,
    size: async () => (await sizeOf(file)) + (await sizeOf(`${file}-wal`)),
    end: () => rm(folder, { recursive: true, force: true }),
  };
}

async function keepInPostgres(): Promise<Keeping> {
  const server = await startPostgres();
  let last = 0;
  const nameOf = (n: number): string => `ledger_${n}`;
  const ask = async (database: string, sql: string): Promise<Record<string, unknown> | undefined> => {
    const client = new pg.Client({ connectionString: server.urlOf(database) });
    await client.connect();
    try {
      return (await client.query(sql)).rows[0];
    } finally {
      await client.end();
    }
  };
  return {
    anew: async () => {
      if (last > 0) await ask('postgres', `DROP DATABASE ${nameOf(last)}`);
      await server.createDatabase(nameOf(++last));
      return server.urlOf(nameOf(last));
    },
    get last() {
      return server.urlOf(nameOf(last));
    },
    size: async () => {
      const row = await ask(nameOf(last), 'SELECT pg_database_size(current_database()) AS bytes');
      return Number(row?.bytes);
    },
    end: () => server.stop(),
  };
}
