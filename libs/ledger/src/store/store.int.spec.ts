import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresNotFoundError, type PostgresServer, startPostgres } from '@troupe/postgres';
import { afterAll, beforeAll, describe, it, onTestFinished } from 'vitest';
import { storeConformance } from '../conformance/conformance.ts';
import { postgresDatabase } from './postgres.ts';
import { IN_MEMORY, sqliteDatabase } from './sqlite.ts';

describe('a store in memory', () => {
  for (const { name, check } of storeConformance(async () => sqliteDatabase(IN_MEMORY))) it(name, check);
});

describe('a store in a file', () => {
  const open = async () => {
    const folder = mkdtempSync(join(tmpdir(), 'troupe-store-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    return sqliteDatabase(join(folder, 'made', 'ledger.sqlite'));
  };
  for (const { name, check } of storeConformance(open)) it(name, check);
});

describe('a store in PostgreSQL', () => {
  let server: PostgresServer | string;
  beforeAll(async () => {
    server = await startPostgres().catch((error: unknown) => {
      if (error instanceof PostgresNotFoundError) return error.message;
      throw error;
    });
  });
  afterAll(async () => {
    if (typeof server !== 'string') await server.stop();
  });
  const open = async () => {
    if (typeof server === 'string') throw new Error(server);
    return postgresDatabase(server.urlOf('postgres'));
  };
  for (const { name, check } of storeConformance(open)) {
    it(name, (context) => {
      if (typeof server === 'string') context.skip(server);
      return check();
    });
  }
});
