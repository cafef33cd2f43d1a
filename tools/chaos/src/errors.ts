import { TroupeError } from '@troupe/contract';

/** A run could not be carried through, so it proves nothing. */
export class ChaosError extends TroupeError {
  readonly code = 'TROUPE_CHAOS_FAILED';
}
