import { isDeepStrictEqual } from 'node:util';
import {
  type CompiledContract,
  checkHistory,
  type Finding,
  isSameRevision,
  type LockedContract,
  type Revision,
  revisionOf,
  standingRevisions,
} from '@troupe/contract';
import type { Party } from '../documents/documented.ts';
import type { Locked } from './lock-folder.ts';

/** How a contract stands to its lock. */
export type Status = 'locked' | 'new' | 'changed' | 'breaking' | 'removed';

/** Why a change breaks: a rule of docs/reference/compatibility.md, or one of docs/guides/contract-lock.md. */
export interface Break {
  readonly rule: string;
  /** The locked revision that it breaks, from 1. */
  readonly revision?: number;
  readonly direction?: Finding['direction'];
  readonly pointer?: string;
  readonly message: string;
  readonly advice: string;
}

/** A contract of the code, or of the lock, and what became of it. */
export interface Change {
  readonly contract: string;
  readonly status: Status;
  readonly breaks: readonly Break[];
  /** Steps that consume it. */
  readonly consumedBy: readonly Party[];
  /** What the code says; absent when it says nothing any more. */
  readonly present?: Revision;
}

const NEW_MAJOR = 'Make it a new contract: the same type with the next version.';

/** Every contract of the code, and those that only the lock knows, in the order of their ids. */
export function changesOf(
  contracts: readonly CompiledContract[],
  locked: Locked,
  consumersOf: (contract: string) => readonly Party[],
): Change[] {
  const present = new Map(contracts.map((contract) => [contract.id, revisionOf(contract)]));
  const gone = [...locked.values()].filter((one) => one.removed === undefined && !present.has(one.contract));
  const changes = [
    ...[...present].map(([contract, revision]) => changeOf(contract, revision, locked.get(contract))),
    ...gone.map(
      ({ contract }): Omit<Change, 'consumedBy'> => ({ contract, status: 'removed', breaks: [REMOVED] }),
    ),
  ];
  return changes
    .map((change) => ({ ...change, consumedBy: consumersOf(change.contract) }))
    .sort((a, b) => (a.contract < b.contract ? -1 : 1));
}

const REMOVED: Break = {
  rule: 'contract-removed',
  message: 'it is locked, and no class describes it any more: its messages may still be stored',
  advice: 'Bring the class back, or take the contract away with troupe contracts lock --break --reason "…".',
};

function changeOf(contract: string, present: Revision, locked?: LockedContract): Omit<Change, 'consumedBy'> {
  const last = locked?.revisions.at(-1);
  if (locked === undefined || last === undefined) return { contract, status: 'new', breaks: [], present };
  const breaks = breaksOf(present, locked.revisions);
  const isLocked = locked.removed === undefined && isSameRevision(last, present);
  const status = breaks.length > 0 ? 'breaking' : isLocked ? 'locked' : 'changed';
  return { contract, status, breaks, present };
}

/** Compared with every revision since the last one that was allowed to break. */
function breaksOf(present: Revision, revisions: readonly Revision[]): Break[] {
  const history = standingRevisions(revisions);
  const from = revisions.length - history.length;
  const { findings } = checkHistory(
    history.map(({ schema }) => schema),
    present.schema,
    { mode: 'full', policy: 'tolerant' },
  );
  const numbered = findings.map(({ version, ...finding }) => ({ ...finding, revision: from + version + 1 }));
  const beside = history.flatMap((one, i) =>
    besideSchema(one, present).map((finding) => ({ ...finding, revision: from + i + 1 })),
  );
  return once([...beside, ...numbered]);
}

function besideSchema(before: Revision, present: Revision): Break[] {
  const breaks: Break[] = [];
  if (before.kind !== present.kind) {
    const message = `it was a locked ${before.kind} and is a ${present.kind}, which is another subject`;
    breaks.push({ rule: 'kind-changed', message, advice: NEW_MAJOR });
  }
  if (before.partitionKey !== present.partitionKey) {
    const key = (name: string | undefined) => (name === undefined ? 'the flow' : `the field ${name}`);
    const message = `its messages were ordered by ${key(before.partitionKey)} and are by ${key(present.partitionKey)}`;
    breaks.push({ rule: 'partition-key-changed', message, advice: NEW_MAJOR });
  }
  if (!isDeepStrictEqual(before.unsaid, present.unsaid)) {
    const message =
      'what class-validator alone checks has changed, and no schema says whether that goes together';
    breaks.push({
      rule: 'unsaid-changed',
      message,
      advice: 'Use decorators that are compiled, or a new major.',
    });
  }
  return breaks;
}

/** What breaks several revisions is told of the first. */
function once(breaks: readonly Break[]): Break[] {
  const known = new Set<string>();
  return breaks.filter(({ rule, direction, pointer, message }) => {
    const key = JSON.stringify([rule, direction, pointer, message]);
    return !known.has(key) && known.add(key);
  });
}
