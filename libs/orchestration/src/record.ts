import type { CompletionReport } from './report.ts';

/**
 * What is kept of one instance of an orchestration, as JSON under one key of the app's bucket. Branches of a fan-out
 * stand in keys of their own (`BranchRecord`), and so does how far its join is (`FanOutRecord`).
 */
export interface InstanceRecord {
  /** Name of the orchestration: `fulfilment`. */
  readonly orchestration: string;
  /** Version of the machine that it began on, or was migrated to. */
  readonly version: number;
  /** Id of the instance: the flow that it is. */
  readonly id: string;
  /** The flow that handed off to this one, when there is one; all that it sends says so. */
  readonly parentFlowId?: string;
  /** Decisions so far. Timers say the one that armed them, what was done says the one that took it. */
  readonly revision: number;
  readonly status: InstanceStatus;
  /** Null until the machine began. */
  readonly snapshot: MachineState | null;
  /** Ids of the last inputs that were handled, newest last; `MOST_HANDLED` at most. */
  readonly handled: readonly string[];
  /** Inputs that the machine could not take yet, oldest first, `MOST_DEFERRED` at most; offered again after each transition. */
  readonly deferred: readonly MachineInput[];
  /** Commands and hand-offs in the order in which they were dispatched, those of fan-outs not among them. */
  readonly commands: readonly CommandRecord[];
  /** How many hand-offs of each name there were, so that each has a flow of its own. */
  readonly handOffs?: Readonly<Record<string, number>>;
  /** Fan-outs in the order in which they were dispatched; each has a `FanOutRecord` too. */
  readonly fanOuts: readonly FanOutState[];
  readonly timers: readonly TimerRecord[];
  /** Messages that this revision says are to be sent; they may be sent already. */
  readonly pending: readonly PendingMessage[];
  /** When the wake-up schedule that is armed fires, ISO 8601. */
  readonly wakeAt?: string;
  /** The machine failed on what is named here; until a person retries or skips it, nothing is given to the machine. */
  readonly halted?: Halt;
  readonly compensation?: CompensationRecord;
  /** What went wrong, newest last; `MOST_PROBLEMS` at most. */
  readonly problems: readonly Problem[];
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly endedAt?: string;
  /** The event that it sent as it ended; data that is larger than `LARGEST_RESULT` is left out. */
  readonly result?: { readonly contract: string; readonly data?: unknown };
  /** W3C `traceparent` of the message that began it, for links. */
  readonly traceparent?: string;
  /** Digest of the body that began it over HTTP, when a repeat of the request must be told from another one. */
  readonly bodyDigest?: string;
}

/**
 * `accepted`: the start was taken over HTTP and is on its way; `suspended`: waits for a person;
 * `compensating`: undoes what was done; `cancelled`, `compensated`: ended after that, by request or by decision;
 * `failed`: ended in a final state that is tagged `failed`.
 */
export const INSTANCE_STATUSES = [
  'accepted',
  'running',
  'suspended',
  'compensating',
  'completed',
  'cancelled',
  'compensated',
  'failed',
] as const;
export type InstanceStatus = (typeof INSTANCE_STATUSES)[number];

/** Where the machine is, as JSON. */
export interface MachineState {
  /** XState's state value: `picking`, or an object by region. */
  readonly value: StateValue;
  readonly context: Readonly<Record<string, unknown>>;
  readonly status: 'active' | 'done';
  readonly output?: unknown;
  /** Ids of the states that history states remember. */
  readonly history?: Readonly<Record<string, readonly string[]>>;
}

/** XState's state value. */
export type StateValue = string | { readonly [region: string]: StateValue | undefined };

/** An event that came for the instance: enough to offer it to the machine again. */
export interface MachineInput {
  /** Id of the message that it came with. */
  readonly inputId: string;
  /** Contract id: `station.reserved.v1`. */
  readonly contract: string;
  readonly data: unknown;
  /** Id of the message that caused it: the command, when it is an answer. */
  readonly causationId?: string;
  /** It is a person's answer in place of that of a failed command. */
  readonly skips?: true;
}

/** What the machine failed on. */
export interface Halt {
  readonly kind: 'input' | 'timer' | 'fan-out';
  /** Id of the input, the timer or the fan-out. */
  readonly id: string;
}

/** One command, or hand-off, and what became of it. */
export interface CommandRecord {
  /** CloudEvents id, deterministic. Its answers name it as their cause. */
  readonly id: string;
  /** Unique among the open commands of the instance; by default the command's type. Of hand-offs several may be open. */
  readonly name: string;
  /** Contract id of the command, `station.reserve.v1`, or of the event that was handed off. */
  readonly contract: string;
  readonly status: CommandStatus;
  readonly dispatchedAt: string;
  /** When it is resubmitted or given up, ISO 8601; undefined without a deadline. */
  readonly dueAt?: string;
  /** Resubmissions since it was dispatched, or retried by a person. */
  readonly resubmitted: number;
  /** How often it was sent in all. Tells apart the `Nats-Msg-Id` of each time. */
  readonly sends: number;
  /** What is sent, and sent again; dropped once it is answered. */
  readonly message?: KeptMessage;
  readonly answeredAt?: string;
  /** Id of the message that answered it: offered again, it is no second answer. */
  readonly answeredBy?: string;
  /** The revision that took the answer: what was done last is undone first. */
  readonly doneIn?: number;
  /** The answer: contract id and data; data that is larger than `LARGEST_RESULT` is left out. */
  readonly answer?: { readonly contract: string; readonly data?: unknown };
  readonly problem?: Problem;
  /** It failed and the machine declares nothing for that: a person decides. */
  readonly unhandled?: true;
  /** The data of the command that undoes it, decided when it was answered; absent when nothing is to be undone. */
  readonly undo?: { readonly contract: string; readonly data: unknown };
  /** What it undoes, when it is an undo command. */
  readonly undoes?: Done;
  /** It is a hand-off: its answer is a completing event of this flow. */
  readonly handOff?: HandOffState;
}

/** What is known of a hand-off besides what is known of a command. */
export interface HandOffState {
  /** The flow that it opened: `<flow of the instance>/<name>/<n>`. */
  readonly flowId: string;
  /** How often it was polled since its deadline. */
  readonly polls: number;
  /** What the ledger last told of that flow, shortened; the last `MOST_REPORTS` of an instance are kept. */
  readonly report?: CompletionReport;
}

/** Something that was done: a command, or one branch of a fan-out. */
export interface Done {
  /** Name of the command or of the fan-out as declared. */
  readonly name: string;
  /** Key of the branch; absent for a command. */
  readonly key?: string;
}

/** `dropped`: nobody waits for it any more; a late answer is still noted, so that it can be undone. */
export const COMMAND_STATUSES = ['open', 'answered', 'failed', 'skipped', 'dropped'] as const;
export type CommandStatus = (typeof COMMAND_STATUSES)[number];

/** What the instance knows of one of its fan-outs. */
export interface FanOutState {
  /** Unique for what dispatched it: the name and some letters. Branches with another one are nobody's. */
  readonly id: string;
  readonly name: string;
  /** Contract id of the command. */
  readonly contract: string;
  readonly join: Join;
  readonly total: number;
  /** `ready`: joined, and the machine could not take it yet; `joined`: the machine was told. */
  readonly status: 'open' | 'ready' | 'joined' | 'dropped';
  readonly dispatchedAt: string;
  /** When open branches are resubmitted or given up, ISO 8601. */
  readonly dueAt?: string;
  readonly resubmitted: number;
  /** How often open branches were to be sent; `FanOutRecord.sent` says how often they were. */
  readonly sends: number;
  readonly joinedAt?: string;
  /** The revision that noted the join. */
  readonly doneIn?: number;
}

/** When a fan-out joins: all branches are over, one is answered, or so many are. */
export type Join = 'all' | 'any' | { readonly quorum: number };

/** How far a fan-out is. Its key changes with each branch, and the instance's does not. */
export interface FanOutRecord {
  /** Id of the fan-out in its instance. */
  readonly id: string;
  readonly join: Join;
  readonly total: number;
  /** How often the open branches were sent, all of them. */
  readonly sent: number;
  /** Which branches are over, by index: a bit each, base64. It makes counting a branch twice impossible. */
  readonly over: string;
  readonly answered: number;
  readonly failed: number;
  readonly joined: boolean;
  /** Its branches are being undone: one that is answered now is told to the instance. */
  readonly closed?: boolean;
}

/** One branch of a fan-out. */
export interface BranchRecord {
  /** CloudEvents id of its command. */
  readonly id: string;
  /** Id of the fan-out in its instance. */
  readonly fanOut: string;
  readonly key: string;
  readonly index: number;
  readonly contract: string;
  readonly status: 'open' | 'answered' | 'failed';
  readonly dispatchedAt: string;
  /** What is sent, and sent again; dropped once it is over. */
  readonly message?: KeptMessage;
  readonly endedAt?: string;
  /** Id of the message that ended it: a second one is a duplicate. */
  readonly endedBy?: string;
  /** The answer: contract id and data; data that is larger than `LARGEST_RESULT` is left out. */
  readonly answer?: { readonly contract: string; readonly data?: unknown };
  readonly problem?: Problem;
  readonly undo?: { readonly contract: string; readonly data: unknown };
}

export interface TimerRecord {
  /** XState's id of the delayed event. */
  readonly id: string;
  readonly at: string;
  /** The revision that armed it. */
  readonly armed: number;
  readonly event: { readonly type: string };
}

export interface CompensationRecord {
  readonly reason: 'requested' | 'cancelled' | 'declared';
  readonly by?: string;
  readonly startedAt: string;
  /** What is still to be undone, next first. */
  readonly queue: readonly ToUndo[];
  /** Branches whose undo was sent, by the id of their fan-out: a bit each, base64. */
  readonly branches: Readonly<Record<string, string>>;
  /** What was undone or could not be, in order; the last `MOST_COMMANDS`. */
  readonly undone: readonly Undone[];
  /** How many were undone and how many could not be, all of them. */
  readonly done: number;
  readonly failed: number;
}

/** A command by its id, or the branches of a fan-out below an index, the highest first. */
export type ToUndo = { readonly command: string } | { readonly fanOut: string; readonly below: number };

export interface Undone extends Done {
  readonly status: 'answered' | 'failed';
  /** The undo command. */
  readonly commandId: string;
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

/** A message, or the open command whose message it is and the how manieth time it is sent. */
export type PendingMessage = WholeMessage | { readonly command: string; readonly sends?: number };

/**
 * What is kept of a message to be sent: what cannot be told from elsewhere. Sealed at any time, it has the same ids and
 * the same payload.
 */
export interface KeptMessage {
  readonly data: unknown;
  /** Id of the input that it was decided for. */
  readonly causationId: string;
  /** W3C trace of that input. */
  readonly traceparent?: string;
  readonly tracestate?: string;
}

/** A message of which no command or branch says the rest. */
export interface WholeMessage extends KeptMessage {
  /** CloudEvents id, deterministic. */
  readonly id: string;
  readonly contract: string;
  /** When it was decided, ISO 8601. */
  readonly time: string;
  /** Default: the instance's. */
  readonly flow?: { readonly id: string; readonly parent?: string | undefined };
  /** The how manieth time it is sent, where that is not the first. */
  readonly sends?: number;
}

/** The orchestration is over; what comes now is late. */
export function hasEnded({ status }: Pick<InstanceRecord, 'status'>): boolean {
  return status === 'completed' || status === 'cancelled' || status === 'compensated' || status === 'failed';
}
