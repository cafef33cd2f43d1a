import { EffectsUnavailableError, RetryAfter, type StepContext } from '@troupe/jetstream';
import type { Input } from '../kernel/input.ts';
import type { Ground } from './ground.ts';
import type { Instance } from './instances.ts';

const LOOK_AGAIN_MS = 1_000;
const LONGEST_MS = 30_000;

/**
 * Answers a message whose instance has not begun. It is kept while the start may be on its way: when it was taken over
 * HTTP, or when starts that were stored before are not handled. Else it is let go, unless the instance may be lost with
 * its bucket. An answer cannot come before its instance, since commands are sent after that is written.
 * @throws RetryAfter, EffectsUnavailableError
 */
export async function unknown(
  { definition, starts, guard }: Ground,
  { record }: Instance,
  input: Input,
  { id, attempt }: StepContext,
): Promise<void> {
  const isEarly =
    input.kind === 'request' || (input.kind === 'event' && definition.waitsFor.has(input.contract));
  if (record?.status === 'accepted' || (isEarly && (await starts.mayCome(id)))) {
    const delay = Math.min(LOOK_AGAIN_MS * 2 ** (attempt - 1), LONGEST_MS);
    throw new RetryAfter(delay, 'The orchestration that the message is for has not begun yet.');
  }
  await guard.look();
  if (guard.problem !== undefined) throw new EffectsUnavailableError(guard.problem);
}
