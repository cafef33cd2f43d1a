import { randomBytes } from 'node:crypto';
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { BrokerCacheError } from './errors.ts';

/**
 * The folder that keeps fetched servers: `TROUPE_CACHE`, else `XDG_CACHE_HOME/troupe`, else the platform's own
 * place (`~/.cache/troupe`, `~/Library/Caches/troupe`, `%LOCALAPPDATA%\troupe`).
 */
export function cacheFolder(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): string {
  const home = env.HOME || homedir();
  if (env.TROUPE_CACHE) return env.TROUPE_CACHE;
  if (env.XDG_CACHE_HOME) return join(env.XDG_CACHE_HOME, 'troupe');
  if (platform === 'darwin') return join(home, 'Library', 'Caches', 'troupe');
  if (platform === 'win32' && env.LOCALAPPDATA) return join(env.LOCALAPPDATA, 'troupe');
  return join(home, '.cache', 'troupe');
}

/** Runs `work` with a folder of its own inside the cache, which is removed afterwards. */
export async function withScratchFolder<T>(cache: string, work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdir(cache, { recursive: true })
    .then(() => mkdtemp(join(cache, 'fetch-')))
    .catch((error: unknown) => {
      throw new BrokerCacheError(cache, error);
    });
  try {
    return await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Puts an executable into the cache in one step: others see all of it or nothing, whoever comes first. */
export async function installExecutable(cache: string, name: string, content: Buffer): Promise<string> {
  const path = join(cache, name);
  const partial = join(cache, `.${name}.${randomBytes(6).toString('hex')}`);
  try {
    await writeFile(partial, content, { mode: 0o755, flush: true });
    await chmod(partial, 0o755);
    await rename(partial, path);
    return path;
  } catch (error) {
    await rm(partial, { force: true }).catch(() => undefined);
    throw new BrokerCacheError(cache, error);
  }
}
