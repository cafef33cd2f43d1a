import { type ArgumentsHost, Catch } from '@nestjs/common';
import { LedgerQueryError } from '@troupe/ledger';
import { ProblemException, ProblemFilter } from '@troupe/nest';

/** A query that asks for what cannot be is the fault of whoever asks: 400, with what would be right. */
@Catch(LedgerQueryError)
export class QueryFilter extends ProblemFilter {
  override catch(thrown: LedgerQueryError, host: ArgumentsHost): void {
    super.catch(new ProblemException(400, thrown.message), host);
  }
}
