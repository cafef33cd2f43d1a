import type {
  BranchRecord,
  CommandStatus,
  CompensationRecord,
  InstanceStatus,
  Join,
  Problem,
  StateValue,
} from '../record.ts';
import type { CompletionReport } from '../report.ts';

/** The one answer to "how far is it?": what an instance did, does and waits for. */
export interface MasterStatus {
  readonly id: string;
  readonly orchestration: string;
  /** Version of the machine. */
  readonly version: number;
  readonly status: InstanceStatus;
  /** Where its machine is: a name, or names within names for nested states. Null before it began. */
  readonly state: StateValue | null;
  readonly progress: Progress;
  /** Commands, fan-outs and hand-offs in the order in which they were dispatched. */
  readonly steps: readonly StepStatus[];
  readonly timers: readonly TimerStatus[];
  /** What went wrong, newest last. */
  readonly errors: readonly Problem[];
  readonly compensation?: CompensationStatus;
  readonly startedAt: string;
  readonly updatedAt: string;
  readonly endedAt?: string;
  /** The event that it sent as it ended; sensitive values read `***`. */
  readonly result?: Result;
  /** The trace of the message that began it, where traces are made. */
  readonly traceId?: string;
}

/** How much of the work that is known is done. The total grows when the machine dispatches more. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}

export type StepStatus = CommandStep | FanOutStep | HandOffStep;

/** One command. */
export interface CommandStep {
  readonly kind: 'command';
  readonly name: string;
  /** Contract id: `station.reserve.v1`. */
  readonly contract: string;
  readonly status: CommandStatus;
  readonly dispatchedAt: string;
  /** When it is sent again, polled or given up. */
  readonly dueAt?: string;
  /** How often it was sent again. */
  readonly resubmitted: number;
  readonly answeredAt?: string;
  /** What it was answered with; sensitive values read `***`. */
  readonly result?: Result;
  readonly problem?: Problem;
}

/** Work that was handed off to a remote system, in a flow of its own. */
export interface HandOffStep extends Omit<CommandStep, 'kind' | 'resubmitted'> {
  readonly kind: 'hand-off';
  /** The flow that was opened. */
  readonly flowId: string;
  /** How often it was polled since its deadline. */
  readonly polls: number;
  /** What the ledger last told of that flow. */
  readonly report?: CompletionReport;
}

/** A contract id and its data, which is left out when it was too large to keep. */
export interface Result {
  readonly contract: string;
  readonly data?: unknown;
}

/** Many commands of one contract and their join. */
export interface FanOutStep {
  readonly kind: 'fan-out';
  /** Unique in the instance: `picks`, and `picks-2` when it is dispatched a second time. */
  readonly name: string;
  readonly contract: string;
  readonly join: Join;
  readonly status: 'open' | 'joined' | 'dropped';
  readonly total: number;
  readonly answered: number;
  readonly failed: number;
  readonly dispatchedAt: string;
  /** When open branches are sent again or given up. */
  readonly dueAt?: string;
  readonly resubmitted: number;
  readonly joinedAt?: string;
  /** Left out when there are more than are shown at once. */
  readonly branches?: readonly BranchStatus[];
}

/** One command of a fan-out. */
export interface BranchStatus extends Pick<BranchRecord, 'key' | 'index' | 'contract' | 'status'> {
  readonly dispatchedAt: string;
  readonly endedAt?: string;
  readonly result?: Result;
  readonly problem?: Problem;
}

/** How far undoing is: `undone` has what was undone or could not be, in that order. */
export type CompensationStatus = Omit<CompensationRecord, 'queue' | 'branches'>;

export interface TimerStatus {
  readonly event: string;
  readonly at: string;
}
