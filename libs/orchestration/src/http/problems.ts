import { type ArgumentsHost, Catch } from '@nestjs/common';
import { ProblemException, ProblemFilter } from '@troupe/nest';
import { InstanceNotFoundError, InstanceStatusError } from '../errors.ts';

/** What an instance is not, or not ready for, is the fault of whoever asks: 404 and 409. */
@Catch(InstanceNotFoundError, InstanceStatusError)
export class InstanceProblems extends ProblemFilter {
  override catch(thrown: InstanceNotFoundError | InstanceStatusError, host: ArgumentsHost): void {
    const status = thrown instanceof InstanceNotFoundError ? 404 : 409;
    super.catch(new ProblemException(status, thrown.message, undefined, thrown.code), host);
  }
}
