import { TerminalError } from '@troupe/jetstream';

/**
 * What is kept of an orchestration is not what was written: it was edited by hand, or is damaged. The message is set
 * aside, and nobody guesses.
 */
export class RecordDamagedError extends TerminalError {
  override readonly code = 'TROUPE_ORCHESTRATION_RECORD_DAMAGED';

  constructor(
    readonly bucket: string,
    readonly key: string,
    readonly problem: string,
  ) {
    super(
      `The record "${key}" of bucket ${bucket} ${problem}. Put back what was there, from a backup, or remove the key to give the instance up.`,
    );
  }
}
