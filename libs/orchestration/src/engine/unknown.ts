import { EffectsUnavailableError, RetryAfter, type StepContext } from '@troupe/jetstream';
import type { Input } from '../kernel/input.ts';
import type { Ground } from './ground.ts';

const LOOK_AGAIN_MS = 1_000;
const LONGEST_MS = 30_000;

/**
 * Answers a message whose flow has no instance: it is let go, unless the instance may still be on its way, or may be
 * lost with its bucket. An answer cannot come before its instance, since commands are sent after that is written.
 * @throws RetryAfter, EffectsUnavailableError
 */
export async function unknown(
  { definition, starts, guard }: Ground,
  input: Input,
  { id, attempt }: StepContext,
): Promise<void> {
  if (input.kind === 'event' && definition.waitsFor.has(input.contract) && (await starts.mayCome(id))) {
    const delay = Math.min(LOOK_AGAIN_MS * 2 ** (attempt - 1), LONGEST_MS);
    throw new RetryAfter(delay, 'The orchestration that the event is for may not have begun yet.');
  }
  await guard.look();
  if (guard.problem !== undefined) throw new EffectsUnavailableError(guard.problem);
}
