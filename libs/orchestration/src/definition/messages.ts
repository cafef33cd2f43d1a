import type { EventObject } from 'xstate';
import type { CompletionReport } from '../report.ts';

/** Which command an event of the machine is about. */
export interface CommandName {
  readonly name: string;
  /** Key of the branch, when it is one of a fan-out. */
  readonly key?: string;
}

/** The answer to a command, as the machine gets it: `Answer<'station.reserved', StationReserved>`. */
export interface Answer<Type extends string, Data extends object> extends EventObject {
  readonly type: Type;
  readonly data: Data;
  readonly command: CommandName;
}

/** An event that the orchestration waits for (`waitsFor`), as the machine gets it. */
export interface Fact<Type extends string, Data extends object> extends EventObject {
  readonly type: Type;
  readonly data: Data;
}

/** A fan-out has joined: `Joined<'picks', ItemPicked | ItemMissing>`. */
export interface Joined<Name extends string, Data extends object> extends EventObject {
  readonly type: `${Name}.joined`;
  /** One for each branch, in the order in which they were dispatched. */
  readonly outcomes: readonly BranchOutcome<Data>[];
}

/** What became of one branch. `open` ones are left when the fan-out joins before all are over. */
export type BranchOutcome<Data extends object = object> =
  | {
      readonly key: string;
      readonly status: 'answered';
      /** Contract id of the answer: `item.picked.v1`. */
      readonly contract: string;
      /** Left out when it is larger than 16 KiB. */
      readonly data?: Data;
    }
  | { readonly key: string; readonly status: 'failed'; readonly reason: string }
  | { readonly key: string; readonly status: 'open' };

/** A command failed for good. A machine that takes this in its present state goes on; else the instance is suspended. */
export interface CommandFailed extends EventObject {
  readonly type: 'command.failed';
  readonly command: CommandName;
  /** The reason of its dead letter, or `unanswered`. */
  readonly reason: string;
}

/** What a hand-off's events say of it. */
interface OfHandOff extends EventObject {
  /** The flow that was opened. */
  readonly flowId: string;
  /** What the ledger told of that flow, shortened to 4,096 characters; `lacks` says what is not known. */
  readonly report: CompletionReport;
}

/** A hand-off is completed: `Completed<'carrier', ParcelDelivered | ParcelReturned>`. */
export interface Completed<Name extends string, Data extends object> extends OfHandOff {
  readonly type: `${Name}.completed`;
  /** Contract id of the completing event: `parcel.delivered.v1`. */
  readonly contract: string;
  readonly data: Data;
}

/** A hand-off failed. A machine that takes this in its present state goes on; else the instance is suspended. */
export interface HandOffFailed<Name extends string> extends OfHandOff {
  readonly type: `${Name}.failed`;
  /** `overdue`: no end came, and no poll found one; `remote-failed`: a poll found that the remote side failed. */
  readonly reason: string;
}
