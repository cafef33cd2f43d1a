import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { runCommand } from './command.ts';
import { BrokerStoreTakenError } from './errors.ts';

/** Keeps a second server out of a store folder: nats-server does not, and two of them destroy it. */
export interface StoreLock {
  /** Says which server runs on the store now. */
  holdFor(serverPid: number): Promise<void>;
  release(): Promise<void>;
}

interface Holder {
  readonly owner: number;
  readonly server?: number;
}

/** How long a server whose starter is gone gets to end before its store counts as taken. */
const LEAVING_TIME = 5_000;
/** How old a lock that names no server yet may be before it counts as left behind. */
const STARTING_TIME = 60_000;

/** @throws BrokerStoreTakenError when a living server uses the store */
export async function lockStore(storeDir: string): Promise<StoreLock> {
  await mkdir(storeDir, { recursive: true });
  const path = join(storeDir, 'troupe-server.json');
  const deadline = Date.now() + LEAVING_TIME;
  while (!(await writeNew(path, { owner: process.pid }))) {
    const holder = await livingHolder(path);
    if (holder === undefined) await rm(path, { force: true });
    else if (isAlive(holder.owner) || Date.now() > deadline) {
      throw new BrokerStoreTakenError(storeDir, holder.server ?? holder.owner);
    } else await delay(50);
  }
  return {
    holdFor: (server) => writeFile(path, JSON.stringify({ owner: process.pid, server })),
    release: () => rm(path, { force: true }),
  };
}

function writeNew(path: string, holder: Holder): Promise<boolean> {
  return writeFile(path, JSON.stringify(holder), { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

async function livingHolder(path: string): Promise<Holder | undefined> {
  try {
    const age = Date.now() - (await stat(path)).mtimeMs;
    const holder = JSON.parse(await readFile(path, 'utf8')) as Holder;
    if (holder.server !== undefined) return (await isServer(holder.server)) ? holder : undefined;
    return isAlive(holder.owner) && age < STARTING_TIME ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** A process id alone proves nothing: it may have been given to another program since. */
async function isServer(pid: number): Promise<boolean> {
  if (!isAlive(pid)) return false;
  if (process.platform === 'win32') return true;
  const name =
    process.platform === 'linux'
      ? await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => '')
      : (await runCommand('ps', ['-o', 'comm=', '-p', String(pid)])).stdout;
  return /nats-server|docker/.test(name);
}
