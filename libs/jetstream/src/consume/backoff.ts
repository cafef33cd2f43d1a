import type { RetryPolicy } from '../step.ts';

export const DEFAULT_RETRY: Required<RetryPolicy> = {
  attempts: 8,
  initialDelayMs: 200,
  maxDelayMs: 30_000,
  immediate: 0,
};

/**
 * Full jitter: anything from 0 to a bound that doubles with each attempt, so that messages which failed together
 * do not come back together.
 * @param attempt the attempt that failed, from 1
 */
export function backoff(
  attempt: number,
  policy: Required<RetryPolicy>,
  random: () => number = Math.random,
): number {
  const bound = Math.min(policy.maxDelayMs, policy.initialDelayMs * 2 ** Math.min(attempt - 1, 30));
  return Math.round(random() * bound);
}
