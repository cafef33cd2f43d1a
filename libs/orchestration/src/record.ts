/**
 * What is kept of one instance of an orchestration, as JSON under one key of the app's bucket. Branches of a fan-out
 * stand in keys of their own (`BranchRecord`), and so does how far its join is (`FanOutRecord`).
 */
export interface InstanceRecord {
  /** Format of this record. */
  readonly format: 1;
  /** Name of the orchestration: `fulfilment`. */
  readonly orchestration: string;
  /** Version of the machine that it began on, or was migrated to. */
  readonly version: number;
  /** Id of the instance: the flow that it is. */
  readonly id: string;
  readonly status: InstanceStatus;
  /** XState's persisted snapshot: state value, context, history. Null until the machine began. */
  readonly snapshot: unknown;
  /** Ids of the last inputs that were handled, newest last; `MOST_HANDLED` at most. */
  readonly handled: readonly string[];
  /** Inputs that the machine could not take yet, oldest first; offered again after each transition. */
  readonly deferred: readonly MachineInput[];
  /** Commands in the order in which they were dispatched, those of fan-outs not among them. */
  readonly commands: readonly CommandRecord[];
  /** Names of fan-outs that were dispatched, in order; each has a `FanOutRecord`. */
  readonly fanOuts: readonly string[];
  readonly timers: readonly TimerRecord[];
  /** Messages that this revision says are to be sent, as they go over the wire; they may be sent already. */
  readonly pending: readonly StoredMessage[];
  /** When the wake-up schedule that is armed fires, ISO 8601. */
  readonly wakeAt?: string;
  readonly compensation?: CompensationRecord;
  /** What went wrong, newest last; `MOST_PROBLEMS` at most. */
  readonly problems: readonly Problem[];
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly endedAt?: string;
  /** W3C `traceparent` of the message that began it, for links. */
  readonly traceparent?: string;
}

/**
 * `accepted`: the start was taken over HTTP and is on its way; `suspended`: waits for a person;
 * `compensating`: undoes what was done; `cancelled`, `compensated`: ended after that, by request or by decision;
 * `failed`: ended in a way that nothing is left to do about.
 */
export type InstanceStatus =
  | 'accepted'
  | 'running'
  | 'suspended'
  | 'compensating'
  | 'completed'
  | 'cancelled'
  | 'compensated'
  | 'failed';

/** An event of the machine, as it is given to it. */
export interface MachineInput {
  /** Id of the message that it came with. */
  readonly inputId: string;
  /** Type of the contract without its version, `station.reserved`, or one of the engine's own. */
  readonly type: string;
  readonly data: unknown;
  /** The command that it answers, by name and key. */
  readonly command?: { readonly name: string; readonly key?: string };
}

/** One command and what became of it. */
export interface CommandRecord {
  /** CloudEvents id, deterministic. Its answers name it as their cause. */
  readonly id: string;
  /** Unique among the open commands of the instance; by default the command's type. */
  readonly name: string;
  /** Contract id: `station.reserve.v1`. */
  readonly contract: string;
  readonly status: CommandStatus;
  readonly dispatchedAt: string;
  /** When it is resubmitted or given up, ISO 8601; undefined without a deadline. */
  readonly dueAt?: string;
  /** Resubmissions so far. */
  readonly resubmitted: number;
  /** What is sent again; dropped once it is answered. */
  readonly message?: StoredMessage;
  readonly answeredAt?: string;
  /** The answer: contract id and data; data that is larger than `LARGEST_RESULT` is left out. */
  readonly answer?: { readonly contract: string; readonly data?: unknown };
  readonly problem?: Problem;
  /** The command that undoes it, decided when it was answered. */
  readonly undo?: { readonly contract: string; readonly data: unknown };
}

export type CommandStatus = 'open' | 'answered' | 'failed' | 'skipped' | 'dropped';

/** How far a fan-out is. Its key changes with each branch, and the instance's does not. */
export interface FanOutRecord {
  readonly name: string;
  readonly join: 'all' | 'any' | { readonly quorum: number };
  readonly total: number;
  /** Which branches are over, by index: a bit each, base64. It makes counting a branch twice impossible. */
  readonly over: string;
  readonly answered: number;
  readonly failed: number;
  readonly joined: boolean;
  readonly dispatchedAt: string;
  readonly dueAt?: string;
}

/** One branch of a fan-out. */
export interface BranchRecord extends Omit<CommandRecord, 'name'> {
  readonly fanOut: string;
  readonly key: string;
  readonly index: number;
  /** Id of the message that ended it: a second one is a duplicate. */
  readonly endedBy?: string;
}

export interface TimerRecord {
  /** XState's id of the delayed event. */
  readonly id: string;
  readonly at: string;
  /** The revision that armed it: a wake-up with an older one is stale. */
  readonly armed: number;
  readonly event: { readonly type: string };
}

export interface CompensationRecord {
  readonly reason: 'requested' | 'cancelled' | 'declared';
  readonly by?: string;
  readonly startedAt: string;
  /** In the order in which they are undone: the reverse of that in which they were done. */
  readonly undone: readonly {
    readonly name: string;
    readonly key?: string;
    readonly status: CommandStatus;
    readonly commandId?: string;
  }[];
}

export interface Problem {
  readonly at: string;
  /** Stable code, as in docs/reference/errors.md, or the reason of a dead letter. */
  readonly code: string;
  readonly message: string;
  /** Name of the command, when it is about one. */
  readonly command?: string;
  readonly key?: string;
}

/** A message as it goes over the wire; headers and payload are text. */
export interface StoredMessage {
  readonly subject: string;
  readonly messageId?: string;
  readonly headers: string;
  readonly payload: string;
}
