import type { DeadLetterEntry, Evidence } from './course.ts';
import type { Message } from './message.ts';

/** A stored message together with where the ledger has it and, for a copy, what it is a copy of. */
export interface StoredMessage extends Message {
  /** Stream and sequence in one number. */
  readonly pos: number;
  /** Without the lane. */
  readonly subject: string;
  readonly parent: string | undefined;
  /** What it is a copy of, when it is a delayed retry or a redrive. */
  readonly of: number | undefined;
  /** The step that the copy is for. */
  readonly target: string | undefined;
  readonly due: number | undefined;
  readonly attempt: number | undefined;
  readonly letter: number | undefined;
}

/** Whether it was sent to one step alone: a step's message to itself, or what a person or a tool asks of it. */
export function isDirect({ of, target }: Pick<StoredMessage, 'of' | 'target'>): boolean {
  return of === undefined && target !== undefined;
}

export interface StoredLetter extends DeadLetterEntry {
  /** The message that it is about, as first stored. */
  readonly of: number;
  /** CloudEvents id that the letter says; an edited message has another than the original. */
  readonly id: string | undefined;
  readonly step: string;
}

/** An answer to one delivery. */
export interface StoredEvidence extends Evidence {
  readonly pos: number;
  /** The ledger's number of the consumer. */
  readonly durable: number;
}

/** Everything that is stored of one flow. */
export interface FlowRecord {
  readonly id: string;
  /** Another one after each message that was indexed of it. */
  readonly version: number;
  /** Number of the last census that was begun before its last message was indexed. */
  readonly census: number;
  /** Number of the last census before the ledger was begun anew: what was known then is of other streams. */
  readonly begun: number;
  /** By position: the order of the broker. */
  readonly messages: readonly StoredMessage[];
  readonly letters: readonly StoredLetter[];
  readonly evidence: readonly StoredEvidence[];
  readonly truncated: boolean;
}

/** The ledger's numbers of streams that every environment has; DEAD_LETTERS is the one between. */
export const EVENTS = 1;
export const NOTICES = 3;

/** Sequences stay well below it (8.7e12), and positions below 2^53. */
const SPAN = 2 ** 43;

/** Stream and sequence in one number that every database keeps and sorts. */
export function positionOf(stream: number, seq: number): number {
  return stream * SPAN + seq;
}

export function seqOf(pos: number): number {
  return pos % SPAN;
}

export function streamOf(pos: number): number {
  return Math.floor(pos / SPAN);
}
