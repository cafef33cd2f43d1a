import type { Next } from '@troupe/jetstream';
import type { BranchOutcome } from '../definition/messages.ts';
import type { BranchRecord, FanOutRecord, InstanceRecord, MachineInput, WholeMessage } from '../record.ts';
import type { CompletionReport } from '../report.ts';

/** What comes for an instance. `inputId` is the id of the message that it came with. */
export type Input =
  | {
      readonly kind: 'start';
      readonly inputId: string;
      readonly instanceId: string;
      readonly data: object;
      readonly parentFlowId?: string;
      readonly traceparent?: string;
    }
  | ({ readonly kind: 'event' } & MachineInput)
  /** An end came of a flow that a hand-off opened. `report`: asked for when the instance waits for it. */
  | ({ readonly kind: 'completion'; readonly flowId: string; readonly report?: CompletionReport } & Omit<
      MachineInput,
      'causationId' | 'skips'
    >)
  /** A branch of a fan-out ended and with it the fan-out joined: its outcomes are among the circumstances. */
  | { readonly kind: 'joined'; readonly inputId: string }
  /** A branch was answered while what was done is undone, or later. */
  | { readonly kind: 'branch-answered'; readonly inputId: string; readonly branch: BranchRecord }
  /** `at`: for when it was armed, as the decision said. `polls`: of hand-offs that are overdue. */
  | {
      readonly kind: 'wake';
      readonly inputId: string;
      readonly at: string;
      readonly polls?: ReadonlyMap<string, Poll>;
    }
  | {
      readonly kind: 'dead-letter';
      readonly inputId: string;
      readonly commandId: string;
      /** The letter's reason: `contract-invalid`. */
      readonly reason: string;
      readonly message: string;
    }
  | ({ readonly kind: 'request'; readonly inputId: string } & PersonsRequest);

/** What was found when an overdue hand-off was asked for; the map that it stands in names its command. */
export interface Poll {
  readonly report: CompletionReport;
  /** Its end; that it failed; undefined when it runs, or nobody knows. */
  readonly found?:
    | { readonly contract: string; readonly data: object; readonly messageId?: string }
    | 'failed';
}

/** What a person asks of an instance. */
export type PersonsRequest =
  /** Sends failed commands again, all or the one that is named, and offers the machine again what it failed on. */
  | { readonly request: 'retry'; readonly command?: string }
  /** Goes on as if a failed command had been answered so; without an answer, as if what the machine failed on never came. */
  | {
      readonly request: 'skip';
      readonly command?: string;
      readonly answer?: { readonly contract: string; readonly data: object };
    }
  /** From `suspended`: undoes what was done. */
  | { readonly request: 'compensate'; readonly by?: string }
  /** Undoes what was done, whatever the instance is at. */
  | { readonly request: 'cancel'; readonly by?: string };

/** What a decision depends on besides record and input. */
export interface Circumstances {
  readonly now: Date;
  /** The id that the runtime gives to an output of the input in hand. */
  readonly idOf: (contractId: string, key: string) => string;
  /** Outcomes of fan-outs that joined and that the machine was not told of yet, by the fan-out's id in the instance. */
  readonly outcomes?: ReadonlyMap<string, readonly BranchOutcome[]> | undefined;
  /** W3C trace of the input in hand. Default: it has none. */
  readonly trace?: Pick<WholeMessage, 'traceparent' | 'tracestate'>;
}

/** What is to be done about an input. Nothing of it happened yet. */
export interface Decision {
  readonly outcome: InputOutcome;
  /** Why a request is refused, as a sentence. */
  readonly refusal?: string;
  /** The record from now on, without what is pending; undefined when there is no instance. */
  readonly record: InstanceRecord | undefined;
  /** Whether the record must be written. */
  readonly changed: boolean;
  /** Messages to be sent, with keys that tell them apart; sealed in this order. */
  readonly outputs: readonly Output[];
  /** Fan-outs whose branches and join are to be written before the record. */
  readonly fanOuts: readonly FanOutDispatch[];
  /** Commands to be sent again. */
  readonly resubmissions: readonly WholeMessage[];
  /** All that is to be sent, as it is kept until it is known to be; branches keep theirs. */
  readonly messages: readonly WholeMessage[];
  /** When a wake-up is to be armed. */
  readonly wakeAt?: Date;
  /** The decision needs a branch before it is whole. */
  readonly wants?: BranchWanted;
}

/**
 * `taken`: the machine, or the record of a command, moved; `deferred`: kept until the machine can take it; `late`: nobody
 * waits for it any more; `ignored`: not meant for this instance; `refused`: a request that does not fit; `unknown`: there
 * is no such instance.
 */
export type InputOutcome =
  | 'started'
  | 'taken'
  | 'deferred'
  | 'duplicate'
  | 'late'
  | 'ignored'
  | 'refused'
  | 'unknown';

/** A message to be sent. */
export interface Output extends Next {
  /** CloudEvents id; that of the record too, when one is kept of it. */
  readonly id: string;
  readonly key: string;
  /** What record is kept of it; undefined for an event. */
  readonly record?: 'command' | 'branch';
}

export interface FanOutDispatch {
  readonly fanOut: FanOutRecord;
  readonly branches: readonly BranchRecord[];
}

/** The answered branch with an undo that has the highest index below this one; undefined when there is none. */
export interface BranchWanted {
  readonly fanOut: string;
  readonly below: number;
  give(branch: BranchRecord | undefined): Decision;
}
