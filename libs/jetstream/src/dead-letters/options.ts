import type { Violation } from '@troupe/contract';
import type { Operation } from './operation.ts';

/** Who does something about dead letters, and why. Both stand in the operation's record. */
export interface Author {
  readonly by: string;
  readonly why: string;
}

/** How an operation is run, and who is told. */
export interface RunOptions {
  /** Aborted, the operation pauses after what it is just sending, and can be resumed. */
  readonly signal?: AbortSignal | undefined;
  /** Told after each write of the record. */
  readonly onProgress?: ((operation: Operation) => void) | undefined;
  /** How long steps may take to answer a stage before the operation is left `waiting`, in ms. Default 300,000. */
  readonly answerWithinMs?: number | undefined;
}

/** How letters are redriven. */
export interface RedriveOptions extends Author, RunOptions {
  /**
   * Sizes of the stages that go before the rest; each must be answered without a failure before the next is sent.
   * Default none; `CANARY` is one, then ten.
   */
  readonly canary?: readonly number[] | undefined;
  /** Letters per second. Default: as fast as it goes. */
  readonly ratePerSecond?: number | undefined;
  /** Also letters that were redriven before. Default false. */
  readonly again?: boolean | undefined;
}

/** How a letter is edited and redriven. */
export interface EditOptions extends Author, RunOptions, Pick<RedriveOptions, 'again'> {
  readonly data: object;
  /** CloudEvents type of the new message. Default: the original's. */
  readonly type?: string | undefined;
  /** What is wrong with the new data by its contract: `contract.violationsOfAccepted`. Empty: nothing. */
  readonly violationsOf: (data: object, type: string) => readonly Violation[];
}

/** The usual canary: one, then ten, then the rest. */
export const CANARY: readonly number[] = [1, 10];
