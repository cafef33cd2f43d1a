import { randomBytes } from 'node:crypto';
import type { LetterFilter } from './filter.ts';
import type { Author, RedriveOptions } from './options.ts';

/** Which dead letters an operation is about: by number, or all that a filter finds. */
export type Selection = { readonly seqs: readonly number[] } | { readonly filter: LetterFilter };

/**
 * `running`; `paused` by a person or a fault; `waiting` for steps that have not answered in time; `stopped` because
 * the canary failed again; `done`. All but the last two can be resumed.
 */
export type OperationState = 'running' | 'paused' | 'waiting' | 'stopped' | 'done';

/** One step that an operation sends to. */
export interface Target {
  readonly app: string;
  readonly step: string;
  /** Highest sequence sent to it, retries included. */
  readonly upTo: number;
}

/** Something that was done about dead letters: who, when, why, how far it is and how it ended. */
export interface Operation {
  readonly id: string;
  readonly kind: 'redrive' | 'edit' | 'archive' | 'restore';
  readonly state: OperationState;
  readonly by: string;
  readonly why: string;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly selection: Selection;
  /** Letters with a higher number came later and are none of its business. */
  readonly lastSeq: number;
  /** Letters up to here are dealt with. */
  readonly cursor: number;
  /** Letters up to here were answered by their steps. */
  readonly settledUpTo: number;
  readonly counts: {
    /** Letters sent, archived or restored. */
    readonly done: number;
    /** Letters asked for by number that were in another state. */
    readonly skipped: number;
    /** Letters that cannot be sent: no step takes them, or the broker refuses them. */
    readonly refused: number;
    /** Letters that failed again. */
    readonly failed: number;
  };
  /** Redrives: sizes of the stages before the rest. */
  readonly canary: readonly number[];
  /** Stages that went well. */
  readonly stage: number;
  /** Redrives per second; absent: as fast as it goes. */
  readonly ratePerSecond?: number;
  /** Also what was redriven before. */
  readonly again: boolean;
  readonly targets: Readonly<Record<string, Target>>;
  /** Dead letters read up to here for those that failed again. */
  readonly watchedUpTo: number;
  /** Why it is in its state, for people. */
  readonly note?: string;
  /** The process that works on it; another one takes over by writing itself here. */
  readonly runner: string;
}

/** The record of an operation that begins now. */
export function newOperation(
  kind: Operation['kind'],
  selection: Selection,
  lastSeq: number,
  { by, why, canary = [], ratePerSecond, again = false }: Author & Partial<RedriveOptions>,
): Operation {
  const at = new Date().toISOString();
  return {
    id: newId(at),
    kind,
    state: 'running',
    by,
    why,
    startedAt: at,
    updatedAt: at,
    selection,
    lastSeq,
    cursor: 0,
    settledUpTo: 0,
    counts: { done: 0, skipped: 0, refused: 0, failed: 0 },
    canary,
    stage: 0,
    ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
    again,
    targets: {},
    watchedUpTo: lastSeq,
    runner: newRunner(),
  };
}

export function newRunner(): string {
  return randomBytes(6).toString('hex');
}

/** Sorts by time when sorted by text. */
function newId(at: string): string {
  const stamp = at.slice(0, 19).replaceAll(/[-:]/g, '').toLowerCase();
  return `${stamp}-${randomBytes(3).toString('hex')}`;
}
