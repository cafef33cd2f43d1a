import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
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

it('takes settings, and starts again while it runs', async (context) => {
  const server = await start(context, { settings: { max_connections: 7, fsync: 'on' } });
  const { pid } = server;
  await server.restart();
  expect(isRunning(pid)).toBe(false);
  const url = server.urlOf('postgres');
  expect(await query(url, 'SHOW max_connections')).toEqual([{ max_connections: '7' }]);
  expect(await query(url, 'SHOW fsync')).toEqual([{ fsync: 'on' }]);
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

it('keeps data and log that its caller named, and goes on with them', async (context) => {
  const folder = await temporaryFolder();
  const options = { dataFolder: join(folder, 'data'), logFile: join(folder, 'postgres.log') };
  const first = await start(context, options);
  await query(first.urlOf('postgres'), 'CREATE TABLE kept (one integer)');
  await first.stop();
  const second = await start(context, options);
  expect(await query(second.urlOf('postgres'), 'SELECT * FROM kept')).toEqual([]);
  const log = await readFile(options.logFile, 'utf8');
  expect(log.match(/ready to accept connections/g)).toHaveLength(2);
});

it('says why it does not start, with its log', async (context) => {
  await installed(context);
  const starting = startPostgres({ settings: { max_connections: 'many' } });
  await expect(starting).rejects.toThrow(PostgresStartError);
  await expect(starting).rejects.toThrow(/ended before it answered.*max_connections/s);
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

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-postgres-test-'));
  await chmod(folder, 0o755); // the server's user has to get through
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
