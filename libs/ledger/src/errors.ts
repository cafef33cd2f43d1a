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

/** The ledger's database cannot be opened, or does not answer. */
export class LedgerStoreError extends TroupeError {
  readonly code = 'TROUPE_LEDGER_STORE';
}
