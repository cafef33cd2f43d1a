import { readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { FolderTakenError } from '../errors.ts';

interface Holder {
  readonly host: string;
  readonly pid: number;
  /** When the process began, in the words of the system: process ids are given again. */
  readonly began: string;
}

/** Two processes that find a lock left behind at the same time both write theirs: the later one stays. */
const SETTLE_MS = 50;

/**
 * Keeps a second process of this machine out of a folder, by a file beside it. Resolves with what releases it; a lock
 * whose process is gone, or that another machine left, counts as left behind.
 * @throws FolderTakenError
 */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = `${folder}.lock`;
  const own = JSON.stringify({ host: hostname(), pid: process.pid, began: await beganAt(process.pid) });
  while (!(await writeNew(path, own))) {
    const holder = await readHolder(path);
    if (holder !== undefined && (await isHeld(holder))) throw new FolderTakenError(folder, holder.pid);
    await rm(path, { force: true });
  }
  await delay(SETTLE_MS);
  const holder = await readHolder(path);
  if (holder !== undefined && JSON.stringify(holder) !== own) throw new FolderTakenError(folder, holder.pid);
  return () => rm(path, { force: true });
}

function writeNew(path: string, text: string): Promise<boolean> {
  return writeFile(path, text, { flag: 'wx' }).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST') return false;
      throw error;
    },
  );
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch {
    return undefined;
  }
}

async function isHeld({ host, pid, began }: Holder): Promise<boolean> {
  if (host !== hostname()) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return (await beganAt(pid)) === began;
}

/** Linux tells it; elsewhere the process id has to do. */
async function beganAt(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field, the name, may hold spaces and brackets; the time of the start is the twentieth after it.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
