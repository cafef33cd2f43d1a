import { TroupeError } from '@troupe/contract';

/** The choreography that the ledger was given is none, or of another format. */
export class ChoreographyError extends TroupeError {
  readonly code = 'TROUPE_LEDGER_CHOREOGRAPHY';

  constructor(readonly problem: string) {
    super(`The choreography ${problem}. Give the content of choreography.lock, as this version writes it.`);
  }
}

/** A query asks for what cannot be: an unknown state, a time that is none, a limit out of bounds, a stale cursor. */
export class LedgerQueryError extends TroupeError {
  readonly code = 'TROUPE_LEDGER_QUERY';
}

/** The ledger's database cannot be opened, does not answer, or is another environment's. */
export class LedgerStoreError extends TroupeError {
  readonly code = 'TROUPE_LEDGER_STORE';
}

/** The webhook did not take an alert. It is told again, later and with the same id. */
export class WebhookError extends TroupeError {
  readonly code = 'TROUPE_WEBHOOK_REFUSED';

  constructor(
    readonly host: string,
    readonly reason: string,
  ) {
    super(`The webhook at ${host} did not take the alert: ${reason}. It is told again.`);
  }
}
