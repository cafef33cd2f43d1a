import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { CompiledContract } from '../compiled-contract.ts';
import type { ContractKind } from '../contract.ts';
import { ContractLockError } from '../error.ts';
import type { JsonSchema } from '../json-schema.ts';

/** The folder of a workspace that holds everything that was published of its contracts, one file each. */
export const LOCK_FOLDER = 'contracts.lock';

/** The file of a contract in that folder, by its id: `order.placed.v1.json`. */
export function lockFileOf(contract: string): string {
  return `${contract}.json`;
}

/** What was published of a contract at a time. */
export interface Revision {
  readonly kind: ContractKind;
  readonly owner: string;
  readonly partitionKey?: string;
  /** The closed schema: what the owner sends. */
  readonly schema: JsonSchema;
  /** What only class-validator checks, so that the schema does not say it. */
  readonly unsaid?: readonly string[];
  /** Why it may break what was before it. Later revisions are compared with this one and those after it. */
  readonly break?: string;
}

/** Everything that was ever published of one contract, by its type and major version. */
export interface LockedContract {
  /** `order.placed.v1` */
  readonly contract: string;
  /** From the first to the last. */
  readonly revisions: readonly Revision[];
  /** Why it is in the code no more. */
  readonly removed?: string;
}

/** The revisions that the code must still go with: the last one that was allowed to break, and those after it. */
export function standingRevisions(revisions: readonly Revision[]): readonly Revision[] {
  const broke = revisions.findLastIndex((one) => one.break !== undefined);
  return revisions.slice(Math.max(0, broke));
}

/** What the code says of a contract now. */
export function revisionOf(contract: CompiledContract): Revision {
  const { kind, owner, partitionKey, producedSchema, fallbackReasons } = contract;
  return {
    kind,
    owner,
    ...(partitionKey !== undefined && { partitionKey }),
    schema: producedSchema,
    ...(fallbackReasons.length > 0 && { unsaid: fallbackReasons }),
  };
}

/** Whether two revisions say the same; why one broke is not part of it. */
export function isSameRevision(one: Revision, other: Revision): boolean {
  return isDeepStrictEqual({ ...plain(one), break: undefined }, { ...plain(other), break: undefined });
}

/** The text of a lock file, with a digest that tells when a hand was at it. */
export function lockTextOf(locked: LockedContract): string {
  const content = plain({ format: 1, ...locked });
  return `${JSON.stringify({ ...content, digest: digestOf(content) }, null, 2)}\n`;
}

/**
 * Reads the text of a lock file.
 * @param path the file, for the error
 * @throws ContractLockError when it is none, or not as it was written
 */
export function lockedContractOf(text: string, path: string): LockedContract {
  let content: object & Partial<LockedContract> & { format?: unknown; digest?: unknown };
  try {
    content = Object(JSON.parse(text));
  } catch {
    throw new ContractLockError(path, 'is no JSON, which a merge can leave behind.');
  }
  const { digest, ...written } = content;
  const { format, ...locked } = written;
  if (format !== 1 || !Array.isArray(locked.revisions) || typeof locked.contract !== 'string') {
    throw new ContractLockError(path, 'is no lock file of this version of troupe.');
  }
  if (digest !== digestOf(written))
    throw new ContractLockError(path, 'was edited by hand: its digest is another.');
  return locked as LockedContract;
}

function digestOf(content: object): string {
  return `sha256:${createHash('sha256').update(JSON.stringify(content)).digest('hex')}`;
}

/** As JSON holds it: schemas are frozen, and may come from another copy of the contract language. */
function plain<T extends object>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T;
}
