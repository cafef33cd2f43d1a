import { TroupeError } from '@troupe/contract';
import { MustNotRunError } from '@troupe/jetstream';

/** A handler used its transaction after it had ended: what it asked for then was not done. */
export class TransactionOverError extends TroupeError {
  readonly code = 'TROUPE_TRANSACTION_OVER';

  constructor() {
    super(
      'The transaction is over. A handler uses it until its promise settles, and awaits every statement before that.',
    );
  }
}

/** A statement failed and the handler went on: the database commits nothing of such a transaction. */
export class TransactionFailedError extends TroupeError {
  readonly code = 'TROUPE_TRANSACTION_FAILED';

  constructor(cause: unknown) {
    super(
      `Nothing was committed, because a statement had failed${cause instanceof Error ? ` (${cause.message})` : ''}. Let the handler throw, or undo to a savepoint.`,
      { cause },
    );
  }
}

/** The tables of the app could not be made. */
export class MigrationError extends MustNotRunError {
  readonly code = 'TROUPE_INBOX_MIGRATION';
}

/** Another instance of the app runs, and this one's embedded database would be private to it. */
export class InstanceRunningError extends MustNotRunError {
  readonly code = 'TROUPE_INBOX_INSTANCE';

  constructor(
    readonly app: string,
    /** `host (process 4711)` */
    readonly where: string,
  ) {
    super(
      `Another instance of ${app} runs on ${where}, and an embedded database cannot be shared with it: each would handle what the other did. End one of them, or give both the same DATABASE_URL.`,
    );
  }
}

/** Another process of this machine has the folder of an embedded database open. */
export class FolderTakenError extends MustNotRunError {
  readonly code = 'TROUPE_INBOX_FOLDER';

  constructor(
    readonly folder: string,
    readonly pid: number,
  ) {
    super(
      `Process ${pid} uses the embedded database in ${folder}. End it, or set TROUPE_DATA to another folder, or DATABASE_URL to a database that both may use.`,
    );
  }
}
