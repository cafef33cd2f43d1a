import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PGlite } from '@electric-sql/pglite';
import { FolderTakenError } from '../errors.ts';
import { lockFolder } from './folder-lock.ts';

const LOOK_MS = 50;
/** Several times what making one takes on a busy machine. */
const LONGEST_WAIT_MS = 60_000;

/**
 * An embedded database with nothing in it, as PGlite loads it, which is four times as fast as making one. Made once
 * for a version of PGlite, by the first process that needs it while others wait, and kept in `node_modules/.cache`:
 * 4.5 MB. Undefined where that folder cannot be written, or when whoever makes it takes over a minute.
 */
export async function blankDatabase(folder = cacheFolder()): Promise<Blob | undefined> {
  const path = join(folder, `blank-pglite-${await pgliteVersion()}.tar.gz`);
  const deadline = Date.now() + LONGEST_WAIT_MS;
  while (Date.now() < deadline) {
    const kept = await readFile(path).catch(() => undefined);
    if (kept !== undefined) return new Blob([kept], { type: 'application/gzip' });
    if (!(await isMade(path))) return undefined;
  }
  return undefined;
}

/** False when it cannot be kept. Also true when another process is at it: to be looked for again. */
async function isMade(path: string): Promise<boolean> {
  let release: () => Promise<void>;
  try {
    await mkdir(dirname(path), { recursive: true });
    release = await lockFolder(path);
  } catch (error) {
    if (!(error instanceof FolderTakenError)) return false;
    await delay(LOOK_MS);
    return true;
  }
  try {
    const made = `${path}.${process.pid}`;
    await writeFile(made, await make());
    await rename(made, path); // whoever reads it reads all of it
    return true;
  } catch {
    return false;
  } finally {
    await release();
  }
}

async function make(): Promise<Uint8Array> {
  const database = await PGlite.create();
  try {
    return new Uint8Array(await (await database.dumpDataDir('gzip')).arrayBuffer());
  } finally {
    await database.close();
  }
}

const PGLITE = dirname(createRequire(import.meta.url).resolve('@electric-sql/pglite'));

async function pgliteVersion(): Promise<string> {
  const text = await readFile(join(PGLITE, '..', 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Beside the package that it belongs to. */
function cacheFolder(): string {
  return join(PGLITE, '../../..', '.cache', 'troupe');
}
