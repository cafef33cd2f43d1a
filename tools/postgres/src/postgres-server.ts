import { execFile } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { PostgresStartError } from './errors.ts';
import { freePort } from './free-port.ts';
import { findInstallation, type Installation } from './installation.ts';
import { PostgresProcess } from './postgres-process.ts';

const run = promisify(execFile);

/** A running PostgreSQL of ours, for tests and fault runs. Its superuser is `troupe`, without a password. */
export interface PostgresServer {
  readonly port: number;
  /** The process that runs now; another one after a restart. */
  readonly pid: number;
  /** `postgres://…`; the same for as long as this server lives, across restarts. `postgres` is always there. */
  urlOf(database: string): string;
  createDatabase(name: string): Promise<void>;
  /** Kills the server and all its processes as a crash does (SIGKILL). Its data stays, for `restart`. */
  kill(): Promise<void>;
  /**
   * Ends the server if it still runs, and starts it on the same port and data. Resolves when it answers.
   * @throws PostgresStartError
   */
  restart(): Promise<void>;
  /** Ends the server, whoever is connected, and removes its data. May be called twice. */
  stop(): Promise<void>;
}

export interface StartPostgresOptions {
  /** Appended to. @default a temporary file, removed on stop */
  readonly logFile?: string;
}

/**
 * Starts an installed PostgreSQL on a free port of 127.0.0.1, as a user who is not root. Resolves when it answers.
 * Nothing stays behind when this process ends without `stop`. Without `fsync`, what is committed outlives the server's
 * death, not the machine's.
 *
 * @throws PostgresNotFoundError when none is installed, or there is nobody to run it
 * @throws PostgresStartError when it does not answer, with the last lines of its log
 */
export async function startPostgres(options: StartPostgresOptions = {}): Promise<PostgresServer> {
  const installation = await findInstallation();
  const folder = await mkdtemp(join(tmpdir(), 'troupe-postgres-'));
  try {
    await chmod(folder, 0o755); // its user has to get through to the data
    const dataFolder = join(folder, 'data');
    await createCluster(installation, dataFolder);
    const port = await freePort();
    const urlOf = (database: string) => `postgres://troupe@127.0.0.1:${port}/${encodeURIComponent(database)}`;
    const server = new PostgresProcess({
      installation,
      temporaryFolder: folder,
      dataFolder,
      port,
      logFile: resolve(options.logFile ?? join(folder, 'postgres.log')),
      answers: () => serves(urlOf('postgres'), dataFolder),
    });
    await server.start();
    return {
      port,
      get pid() {
        return server.pid;
      },
      urlOf,
      createDatabase: (name) => createDatabase(urlOf('postgres'), name),
      kill: () => server.kill(),
      restart: () => server.restart(),
      stop: async () => {
        await server.end();
        await rm(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

async function createCluster({ initdb, user }: Installation, dataFolder: string): Promise<void> {
  await mkdir(dataFolder, { recursive: true });
  if (user.uid !== undefined && user.gid !== undefined) await chown(dataFolder, user.uid, user.gid);
  const args = ['--pgdata', dataFolder, '--username', 'troupe', '--auth', 'trust', '--encoding', 'UTF8'];
  const env = { PATH: process.env.PATH, LC_ALL: 'C' };
  await run(initdb, [...args, '--no-sync'], { ...user, cwd: '/', env }).catch(
    (error: { stderr?: string }) => {
      const lines = (error.stderr ?? String(error)).trim().split('\n');
      throw new PostgresStartError(`initdb could not prepare ${dataFolder}.`, lines);
    },
  );
}

async function serves(url: string, dataFolder: string): Promise<boolean> {
  try {
    const { rows } = await withClient(url, (client) => client.query('SHOW data_directory'));
    return rows[0]?.data_directory === dataFolder;
  } catch {
    return false;
  }
}

async function createDatabase(url: string, name: string): Promise<void> {
  await withClient(url, (client) => client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`));
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => {}); // told of by what it is used for
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}
