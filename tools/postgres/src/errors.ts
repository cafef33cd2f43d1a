import { TroupeError } from '@troupe/contract';

/** No PostgreSQL can be run on this machine; the message says why. */
export class PostgresNotFoundError extends TroupeError {
  readonly code = 'TROUPE_POSTGRES_NOT_FOUND';

  constructor(reason: string) {
    super(`PostgreSQL cannot be started: ${reason}.`);
  }
}

/** The server ended, or did not answer in time; the message ends with the last lines of its log. */
export class PostgresStartError extends TroupeError {
  readonly code = 'TROUPE_POSTGRES_START_FAILED';

  constructor(
    reason: string,
    readonly log: readonly string[],
  ) {
    super(log.length === 0 ? reason : `${reason} The last lines of its log:\n  ${log.join('\n  ')}`);
  }
}
