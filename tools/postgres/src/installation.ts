import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { PostgresNotFoundError } from './errors.ts';

const run = promisify(execFile);

/** A PostgreSQL that is installed, and who is to run it. */
export interface Installation {
  readonly initdb: string;
  readonly postgres: string;
  /** Whose process and files it is to be; absent: this process's. */
  readonly user: { readonly uid?: number; readonly gid?: number };
}

/** Where programs are looked for. */
interface Places {
  /** Folders, as `PATH` lists them. */
  readonly path: string;
  /** A pattern of folders, one for each version. */
  readonly packaged: string;
}

const PLACES: Places = { path: process.env.PATH ?? '', packaged: '/usr/lib/postgresql/*/bin' };

/**
 * The PostgreSQL on `PATH`, else the newest that Debian's packages installed.
 * @throws PostgresNotFoundError when there is none, or nobody but root to run it
 */
export async function findInstallation({ path, packaged } = PLACES): Promise<Installation> {
  const folders = [...path.split(delimiter), ...globSync(packaged).sort(byVersion).reverse()];
  const folder = folders.find(
    (folder) => folder !== '' && ['initdb', 'postgres'].every((program) => existsSync(join(folder, program))),
  );
  if (folder === undefined) {
    throw new PostgresNotFoundError(`initdb and postgres are neither on PATH nor in ${packaged}`);
  }
  return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres'), user: await user() };
}

function byVersion(one: string, other: string): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

/** PostgreSQL refuses to run as root; then its own user has to do. */
async function user(): Promise<Installation['user']> {
  if (process.getuid?.() !== 0) return {};
  try {
    const [uid, gid] = await Promise.all(['-u', '-g'].map((which) => run('id', [which, 'postgres'])));
    return { uid: Number(uid?.stdout), gid: Number(gid?.stdout) };
  } catch {
    throw new PostgresNotFoundError('it does not run as root, and there is no user postgres');
  }
}
