import type { StepView } from '@troupe/ledger';
import { shownSpan } from '../times.ts';

/** Titles of `stepRows`. */
export const STEP_TITLES = [
  'STEP',
  'INSTANCES',
  'WAITING',
  'IN FLIGHT',
  'PER S',
  'P50',
  'P99',
  'RETRIES',
  'LAST SEEN',
  'TAKES',
] as const;

/** A step in a table, a row for each of its queues. */
export function stepRows({ step, instances, queues }: StepView, now = Date.now()): (string | number)[][] {
  return queues.map((queue) => {
    const { subject, hasConsumer, waiting, inFlight, perSecond, criticalMs, retries, lastSeenAt } = queue;
    return [
      step.replace('__', '/'),
      instances ?? '?',
      hasConsumer ? waiting : 'no consumer',
      inFlight,
      perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond),
      criticalMs === undefined ? '' : shownSpan(criticalMs.p50),
      criticalMs === undefined ? '' : shownSpan(criticalMs.p99),
      retries,
      lastSeenAt === undefined ? '' : `${shownSpan(now - lastSeenAt)} ago`,
      subject,
    ];
  });
}
