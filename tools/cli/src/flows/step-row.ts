import type { QueueView, StepView } from '@troupe/ledger';
import { shownSpan } from '../times.ts';

/** Titles of `stepRows`. */
export const STEP_TITLES = [
  'STEP',
  'TAKES',
  'WAITING',
  'IN FLIGHT',
  'PER S',
  'P50',
  'P99',
  'RETRIES',
  'INSTANCES',
  'LAST SEEN',
] as const;

/**
 * A step in a table, a row for each of its queues. The last one, of its redrives and delayed retries, is left out
 * where nothing ever came that way.
 */
export function stepRows({ step, instances, queues }: StepView, now = Date.now()): (string | number)[][] {
  return queues.filter(isOfUse).map((queue) => {
    const { subject, hasConsumer, waiting, inFlight, perSecond, criticalMs, retries, lastSeenAt } = queue;
    return [
      step.replace('__', '/'),
      subject,
      hasConsumer ? waiting : 'no consumer',
      inFlight,
      perSecond < 10 ? perSecond.toFixed(1) : Math.round(perSecond),
      criticalMs === undefined ? '' : shownSpan(criticalMs.p50),
      criticalMs === undefined ? '' : shownSpan(criticalMs.p99),
      retries,
      instances ?? '?',
      lastSeenAt === undefined ? '' : `${shownSpan(now - lastSeenAt)} ago`,
    ];
  });
}

function isOfUse({ subject, waiting, inFlight, lastSeenAt }: QueueView): boolean {
  return !/(^|\.)rdv\./.test(subject) || waiting + inFlight > 0 || lastSeenAt !== undefined;
}
