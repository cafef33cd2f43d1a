import { TroupeError } from '@troupe/contract';

/** The contract lock has no example message of a contract. */
export class LockedExamplesError extends TroupeError {
  readonly code = 'TROUPE_LOCKED_EXAMPLES';

  constructor(
    /** The contract's id: `order.placed.v1`. */
    readonly contract: string,
    problem: string,
  ) {
    super(`${contract} has no locked examples: ${problem}`);
  }
}
