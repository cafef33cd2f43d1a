import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { type Guard, guardProcess } from '@troupe/broker';
import pg from 'pg';
import { until } from './until.spec.support.ts';

const run = promisify(execFile);

/** A throw-away PostgreSQL on a free port of 127.0.0.1. */
export interface PostgresServer {
  readonly url: string;
  /** Ends it at once, as a crash does; its data stays. */
  kill(): Promise<void>;
  /** Starts it again on the same port. Resolves when it answers. */
  start(): Promise<void>;
  /** Ends it and removes its data. */
  stop(): Promise<void>;
}

/** Starts a server of a PostgreSQL that is installed, as a user who is not root; else the reason why there is none. */
export async function startPostgres(): Promise<PostgresServer | string> {
  const binaries = findBinaries();
  if (binaries === undefined)
    return 'initdb and postgres are neither on PATH nor in /usr/lib/postgresql/*/bin';
  const user = await unprivilegedUser();
  if (typeof user === 'string') return user;
  const folder = await mkdtemp(join(tmpdir(), 'troupe-postgres-'));
  const cluster = join(folder, 'data');
  await mkdir(cluster);
  await chmod(folder, 0o755);
  if (user.uid !== undefined && user.gid !== undefined) await chown(cluster, user.uid, user.gid);
  const options = { ...user, cwd: folder, env: { PATH: process.env.PATH, LC_ALL: 'C' } };
  await run(
    join(binaries, 'initdb'),
    ['--pgdata', cluster, '--username', 'troupe', '--auth', 'trust', '--no-sync'],
    options,
  );
  const port = await freePort();
  const url = `postgres://troupe@127.0.0.1:${port}/postgres`;
  let server: ChildProcess | undefined;
  let guard: Guard | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const ending = server;
    server = undefined;
    if (ending === undefined || ending.exitCode !== null) return;
    const ended = new Promise((resolve) => ending.once('exit', resolve));
    ending.kill(signal);
    await ended;
    guard?.release();
  };
  const start = async (): Promise<void> => {
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
    const args = ['-D', cluster, '-p', String(port), ...settings.flatMap((setting) => ['-c', setting])];
    server = spawn(join(binaries, 'postgres'), args, { ...options, stdio: 'ignore' });
    if (server.pid !== undefined) guard = guardProcess(server.pid); // a run that is killed leaves none behind
    await until('PostgreSQL answers', () => answers(url));
  };
  await start();
  return {
    url,
    kill: () => end('SIGQUIT'),
    start,
    stop: async () => {
      await end('SIGINT');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

function findBinaries(): string | undefined {
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...globSync('/usr/lib/postgresql/*/bin').sort().reverse(),
  ];
  return folders.find((folder) =>
    ['initdb', 'postgres'].every((binary) => folder !== '' && existsSync(join(folder, binary))),
  );
}

/** PostgreSQL refuses to run as root; then its own user has to do. */
async function unprivilegedUser(): Promise<{ uid?: number; gid?: number } | string> {
  if (process.getuid?.() !== 0) return {};
  try {
    const [uid, gid] = await Promise.all(
      ['-u', '-g'].map(async (which) => Number((await run('id', [which, 'postgres'])).stdout)),
    );
    return uid === undefined || gid === undefined ? 'there is no user postgres' : { uid, gid };
  } catch {
    return 'it does not run as root, and there is no user postgres';
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => {});
  try {
    await client.connect();
    await client.query('SELECT 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}
