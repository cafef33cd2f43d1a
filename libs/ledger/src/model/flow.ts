import type { HandOff } from './hand-off.ts';
import type { Message } from './message.ts';
import { isSettled, type Settlement } from './settlement.ts';

/**
 * `completed`: a declared end is reached and no step has anything left to do. `failed`: a dead letter is open.
 * `stalled`: a deadline passed, or a step that should act does not exist. Else `running`.
 */
export type FlowState = 'running' | 'completed' | 'stalled' | 'failed';

export const FLOW_STATES: readonly FlowState[] = ['running', 'completed', 'stalled', 'failed'];

/** A message with what became of it. */
export interface MessageNode {
  readonly message: Message;
  /** Each step that takes it, or took it. */
  readonly steps: readonly StepNode[];
  /** Messages that name it as their cause and come from no step of it. */
  readonly next: readonly MessageNode[];
}

/** A message × step. */
export interface StepNode {
  readonly step: string;
  readonly app: string;
  readonly settlement: Settlement;
  /** Failed attempts that are known of; of those before the ledger was built anew, none may be. */
  readonly retries: number;
  /** Its deadline passed. */
  readonly overdue: Overdue | undefined;
  /** What it emitted for this message. */
  readonly emitted: readonly MessageNode[];
}

export interface Overdue {
  readonly byMs: number;
  /** Contract ids of which it should have emitted one. */
  readonly expected: readonly string[];
}

/** Whether a message was sent to one step alone. */
export interface Directed {
  readonly direct?: boolean | undefined;
}

/** Whether the flow waits for it. What a step is told alone is its own affair, and keeps no flow open. */
export function isOpen(step: { readonly settlement: Settlement; readonly message: Directed }): boolean {
  return step.message.direct !== true && !isSettled(step.settlement);
}

/** One flow, whole. */
export interface Flow {
  readonly id: string;
  readonly state: FlowState;
  /** One sentence for whoever asks where it is. */
  readonly sentence: string;
  /** Why it is stalled or failed, a sentence each. */
  readonly reasons: readonly string[];
  /** Contract id of the message that opened it: of several majors the newest that is declared to open a flow, else the newest. */
  readonly type: string;
  readonly startedAt: number;
  /** When its last message was stored. */
  readonly lastAt: number;
  /** The flow that handed off to it. */
  readonly parent: string | undefined;
  /** The flows that it handed off to, oldest first; of more than 20 the youngest. */
  readonly handOffs: readonly HandOff[];
  /**
   * Ids of the traces that its messages were sent in, oldest first, 20 at most. More than one after a retry, a delay or
   * a redrive: what a step sends then is in a trace of its own.
   */
  readonly traces: readonly string[];
  /** The declared end that it reached. */
  readonly end: string | undefined;
  /** The messages that nothing known caused; mostly one. */
  readonly roots: readonly MessageNode[];
  /** By how much senders' clocks are apart from the broker's, ms, at most; order is the broker's. */
  readonly clockSkewMs: number;
  /** It has more messages than are shown; then it is never called completed. */
  readonly truncated: boolean;
}
