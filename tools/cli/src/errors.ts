import { TroupeError } from '@troupe/contract';

/** The command line is wrong; nothing was done. */
export class UsageError extends TroupeError {
  readonly code = 'TROUPE_CLI_USAGE';
}
