import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import pg from 'pg';
import { expect, it, onTestFinished, type TestContext, vi } from 'vitest';
import { PostgresNotFoundError, PostgresStartError } from './errors.ts';
import { findInstallation } from './installation.ts';
import { type PostgresServer, type StartPostgresOptions, startPostgres } from './postgres-server.ts';

vi.setConfig({ testTimeout: 120_000 }); // a cluster takes seconds to be made, more on a busy machine

it('is what it was after a crash: what was committed is there, what was not is gone', async (context) => {
  const server = await start(context);
  await server.createDatabase('till "1"');
  const url = server.urlOf('till "1"');
  await query(url, 'CREATE TABLE coin (worth integer)');
  await query(url, 'INSERT INTO coin VALUES (1)');
  const open = await connect(url);
  await open.query('BEGIN');
  await open.query('INSERT INTO coin VALUES (2)');
  const { pid } = server;
  const backend = (await open.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid ?? 0;

  await server.kill();
  await vi.waitFor(() => expect([pid, backend].filter(isRunning)).toEqual([]), 10_000);
  await expect(query(url, 'SELECT 1')).rejects.toThrow('ECONNREFUSED');
  await server.restart();

  expect(server.urlOf('till "1"')).toBe(url);
  expect(server.pid).not.toBe(pid);
  expect(await query(url, 'SELECT worth FROM coin')).toEqual([{ worth: 1 }]);
});

it('starts again while it runs', async (context) => {
  const server = await start(context);
  const { pid } = server;
  await server.restart();
  expect(isRunning(pid)).toBe(false);
  expect(await query(server.urlOf('postgres'), 'SELECT 1 AS one')).toEqual([{ one: 1 }]);
});

it('leaves nothing behind, whoever is connected', async (context) => {
  const server = await start(context);
  const client = await connect(server.urlOf('postgres'));
  const { rows } = await client.query<{ data_directory: string }>('SHOW data_directory');
  const folder = dirname(rows[0]?.data_directory ?? '');
  expect(existsSync(folder)).toBe(true);
  const { pid } = server;
  await server.stop();
  await server.stop();
  expect(isRunning(pid)).toBe(false);
  expect(existsSync(folder)).toBe(false);
});

it('appends to the log that its caller named', async (context) => {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-postgres-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const logFile = join(folder, 'postgres.log');
  const server = await start(context, { logFile });
  await server.restart();
  const log = await readFile(logFile, 'utf8');
  expect(log.match(/ready to accept connections/g)).toHaveLength(2);
});

it('says why it does not start, with its log', async (context) => {
  const server = await start(context);
  const [row] = await query(server.urlOf('postgres'), 'SHOW data_directory');
  await server.kill();
  await rm(join((row as { data_directory: string }).data_directory, 'PG_VERSION'));
  const starting = server.restart();
  await expect(starting).rejects.toThrow(PostgresStartError);
  await expect(starting).rejects.toThrow(/ended before it answered.*PG_VERSION/s);
});

it('says that there is none', async () => {
  const none = findInstallation({ path: '/nowhere', packaged: '/nowhere/*/bin' });
  await expect(none).rejects.toThrow(PostgresNotFoundError);
  await expect(none).rejects.toThrow('initdb and postgres are neither on PATH nor in /nowhere/*/bin');
});

async function start(context: TestContext, options?: StartPostgresOptions): Promise<PostgresServer> {
  await installed(context);
  const server = await startPostgres(options);
  onTestFinished(() => server.stop());
  return server;
}

async function installed(context: TestContext): Promise<void> {
  await findInstallation().catch((error: Error) => context.skip(error.message));
}

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {}); // it is cut off
  await client.connect();
  onTestFinished(() => client.end().catch(() => {}));
  return client;
}

async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  try {
    await client.connect();
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
