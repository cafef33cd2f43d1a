import type { PostgresServer } from '@troupe/postgres';
import { afterAll, beforeAll, describe, it, vi } from 'vitest';
import { inboxConformance } from './conformance/conformance.ts';
import type { Database } from './database/database.ts';
import { embeddedDatabase, IN_MEMORY } from './database/embedded.ts';
import { postgresDatabase } from './database/postgres.ts';
import { tryPostgres } from './postgres.spec.support.ts';

vi.setConfig({ testTimeout: 120_000 }); // an embedded database takes seconds to be made, more on a busy machine

describe('an inbox in an embedded database', () => {
  const database = embeddedDatabase(IN_MEMORY);
  afterAll(() => database.close());
  for (const { name, check } of inboxConformance(async () => database)) it(name, check);
});

describe('an inbox in PostgreSQL', () => {
  let server: PostgresServer | string;
  let database: Database | undefined;
  beforeAll(async () => {
    server = await tryPostgres();
    if (typeof server !== 'string') database = postgresDatabase(server.urlOf('postgres'));
  });
  afterAll(async () => {
    await database?.close();
    if (typeof server !== 'string') await server.stop();
  });
  const open = async (): Promise<Database> => {
    if (database === undefined) throw new Error(String(server));
    return database;
  };
  for (const { name, check } of inboxConformance(open)) {
    it(name, (context) => {
      if (typeof server === 'string') context.skip(server);
      return check();
    });
  }
});
