import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { exampleOf, LOCK_FOLDER, lockedContractOf, lockFileOf, standingRevisions } from '@troupe/contract';
import { LockedExamplesError } from './errors.ts';

/** Where the lock is. */
export interface LockedExamplesOptions {
  /** The folder that has `contracts.lock` in it. Default: the current one, or the nearest above it that has. */
  readonly folder?: string;
}

/**
 * What was published of a contract, as one example message of each locked revision, oldest first: of those that the code
 * must still read, which are all since the last that was allowed to break. Each is put together from the examples of its
 * fields as they were locked then; a field that had none has that of the last revision. They pass for messages of the class
 * that is asked for, which is not checked here: `upcastExamples` does.
 * @param contract its id: `order.placed.v1`
 * @throws LockedExamplesError when there is no lock, or none of the contract, or a required field has no example
 * @throws ContractLockError for a file that is not as it was written
 */
export function lockedExamples<T extends object>(
  contract: string,
  { folder }: LockedExamplesOptions = {},
): T[] {
  const here = folder ?? process.cwd();
  const lock = folder === undefined ? lockAbove(here) : join(folder, LOCK_FOLDER);
  if (lock === undefined) {
    throw new LockedExamplesError(
      contract,
      `neither ${here} nor a folder above it has ${LOCK_FOLDER}. ${LOCK_IT}`,
    );
  }
  const file = join(lock, lockFileOf(contract));
  if (!existsSync(file)) throw new LockedExamplesError(contract, `there is no ${file}. ${LOCK_IT}`);
  const { revisions } = lockedContractOf(readFileSync(file, 'utf8'), file);
  const standing = standingRevisions(revisions);
  const last = standing.at(-1);
  const like = last && exampleOf(last.schema).message;
  return standing.map(({ schema }, i) => {
    const { message, missing } = exampleOf(schema, like);
    if (message !== undefined) return message as T;
    const revision = revisions.length - standing.length + i + 1;
    throw new LockedExamplesError(
      contract,
      `revision ${revision} shows none of ${missing.join(', ')}. Add @Example there. ${LOCK_IT}`,
    );
  });
}

const LOCK_IT = 'Run troupe contracts lock.';

/** The lock in a folder, or the nearest above it. */
function lockAbove(folder: string): string | undefined {
  const lock = join(folder, LOCK_FOLDER);
  if (existsSync(lock)) return lock;
  const above = dirname(folder);
  return above === folder ? undefined : lockAbove(above);
}
