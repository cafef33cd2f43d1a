import { RetryAfter, type StepContext } from '@troupe/jetstream';
import { RecordDamagedError, SnapshotVersionError } from '../errors.ts';
import type { Ground } from './ground.ts';

/** Another instance of the app may be the build that can go on with the record. */
const OTHER_VERSION_MS = 30_000;

/** What becomes of a message whose instance cannot be gone on with: people are told, and nobody guesses. */
export function refused(
  error: unknown,
  { outlet }: Ground,
  { id, type, source, flowId }: StepContext,
): unknown {
  const event = { id, type, source, flowId };
  if (error instanceof SnapshotVersionError) {
    outlet.alert('orchestration-version', error.message, event);
    return new RetryAfter(OTHER_VERSION_MS, error.message, { cause: error });
  }
  if (error instanceof RecordDamagedError) outlet.alert('orchestration-record', error.message, event);
  return error;
}
