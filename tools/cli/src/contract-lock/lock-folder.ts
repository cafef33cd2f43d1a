import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { LOCK_FOLDER, type LockedContract, lockedContractOf, lockFileOf, lockTextOf } from '@troupe/contract';
import { UsageError } from '../errors.ts';
import { sentenceOf } from '../workspace/packages.ts';

/** Locked contracts by their ids. */
export type Locked = ReadonlyMap<string, LockedContract>;

const run = promisify(execFile);
/** Bytes of one lock file that git may answer with. */
const LARGEST = 64 * 1024 * 1024;

/**
 * Reads the lock of a workspace.
 * @throws ContractLockError for a file that is not as it was written
 */
export async function readLocked(workspace: string): Promise<Locked> {
  const folder = join(workspace, LOCK_FOLDER);
  if (!existsSync(folder)) return new Map();
  const names = (await readdir(folder)).filter(isLockFile).sort();
  const texts = names.map(async (name) => ({ name, text: await readFile(join(folder, name), 'utf8') }));
  return byId(await Promise.all(texts));
}

/**
 * Reads the lock of a workspace as it was at a revision of git.
 * @throws UsageError when git does not know the revision
 * @throws ContractLockError for a file that is not as it was written
 */
export async function readLockedAt(workspace: string, revision: string): Promise<Locked> {
  const git = async (...args: string[]) =>
    (await run('git', args, { cwd: workspace, maxBuffer: LARGEST })).stdout;
  let commit: string;
  try {
    commit = (await git('rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`)).trim();
  } catch (error) {
    throw new UsageError(`git knows no revision "${revision}" here: ${sentenceOf(error)}`);
  }
  const listed = await git('ls-tree', '-z', '--name-only', commit, `./${LOCK_FOLDER}/`);
  const paths = listed.split('\0').filter(isLockFile);
  const texts = paths.map(async (name) => ({ name, text: await git('show', `${commit}:./${name}`) }));
  return byId(await Promise.all(texts));
}

/** Writes the file of one contract. */
export async function writeLocked(workspace: string, locked: LockedContract): Promise<void> {
  const folder = join(workspace, LOCK_FOLDER);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, lockFileOf(locked.contract)), lockTextOf(locked));
}

function isLockFile(name: string): boolean {
  return name.endsWith('.json');
}

function byId(files: readonly { readonly name: string; readonly text: string }[]): Locked {
  return new Map(
    files.map(({ name, text }) => {
      const locked = lockedContractOf(text, name.startsWith(LOCK_FOLDER) ? name : `${LOCK_FOLDER}/${name}`);
      return [locked.contract, locked];
    }),
  );
}
