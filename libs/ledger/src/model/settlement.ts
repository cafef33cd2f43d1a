/**
 * Where one message stands with one step. What is not known is `unknown`: a settlement is never called `done` before
 * the step has answered and all that it stored before its answer is indexed.
 */
export type Settlement =
  | Waiting
  | InFlight
  | Retrying
  | Done
  | DeadLettered
  | Redriven
  | { readonly state: 'unknown'; readonly why: string };

/** Not handed out yet, or handed back. */
export interface Waiting {
  readonly state: 'waiting';
  /** 1 for the next one to be handed out; undefined when that is not known, as without a consumer. */
  readonly position: number | undefined;
  /** Expected wait in ms, by the step's rate of late; undefined when it has none. */
  readonly expectedMs: number | undefined;
  /** The step has no consumer in the broker: nobody will ever take it. */
  readonly noConsumer: boolean;
}

/** The broker handed it to an instance, which has not answered. */
export interface InFlight {
  readonly state: 'in-flight';
  /** Not later than this (ms since the epoch); undefined when nobody looked. */
  readonly since: number | undefined;
}

/** An attempt failed, and another one is to come. */
export interface Retrying {
  readonly state: 'retrying';
  /** Attempts made; undefined when it was handed back for a reason of the platform's own, such as an outage. */
  readonly attempt: number | undefined;
  readonly nextAt: number | undefined;
  readonly error: string | undefined;
}

/** The step acknowledged it, after storing what it emitted. */
export interface Done {
  readonly state: 'done';
  /** Undefined when the ledger did not hear the acknowledgement itself. */
  readonly at: number | undefined;
}

/** Set aside. It stays so until it is redriven, even if a later delivery of the same message was handled. */
export interface DeadLettered {
  readonly state: 'dead-lettered';
  readonly reason: string;
  /** Number of the dead letter; undefined when the message was terminated or given up and no letter is known. */
  readonly letter: number | undefined;
  readonly at: number | undefined;
  readonly error: string | undefined;
}

/** Sent again after it was dead-lettered, and not answered yet. */
export interface Redriven {
  readonly state: 'redriven';
  readonly letter: number;
  readonly at: number;
  /** Id of the edited message that took its place: that one is to be looked at, and this one is settled. */
  readonly as: string | undefined;
}

/** Whether nothing is to be expected of it any more. */
export function isSettled(settlement: Settlement): boolean {
  return settlement.state === 'done' || (settlement.state === 'redriven' && settlement.as !== undefined);
}
