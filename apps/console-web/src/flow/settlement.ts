import type { Message, StepNode } from '../api/answers.ts';
import { duration } from '../parts/duration.ts';

/** Where a message stands with a step, behind the word for its state: `position 312, about 4 s`. */
export function standing({ settlement }: StepNode, { at }: Pick<Message, 'at'>, now: number): string {
  switch (settlement.state) {
    case 'waiting': {
      const { position, expectedMs, noConsumer } = settlement;
      if (noConsumer) return 'it has no consumer, so that nobody will take it';
      return listed(position && `position ${position}`, expectedMs && `about ${duration(expectedMs)}`);
    }
    case 'in-flight':
      return listed(settlement.since && `heard of ${duration(now - settlement.since)} ago`);
    case 'retrying': {
      const { attempt, nextAt, error } = settlement;
      const next = nextAt && (nextAt > now ? `again in ${duration(nextAt - now)}` : 'again now');
      return listed(attempt && `attempt ${attempt} failed`, next, error);
    }
    case 'done':
      return listed(settlement.at && `within ${duration(settlement.at - at)}`);
    case 'dead-lettered': {
      const { reason, letter, error, at: setAsideAt } = settlement;
      const when = setAsideAt && `${duration(now - setAsideAt)} ago`;
      return listed(reason, letter && `dead letter ${letter}`, when, error);
    }
    case 'redriven': {
      const { letter, at: sentAt, as } = settlement;
      return listed(`dead letter ${letter}`, `${duration(now - sentAt)} ago`, as && `edited, as ${as}`);
    }
    case 'unknown':
      return settlement.why;
  }
}

/** By how much a step is late, and with what; undefined while it is not. */
export function lateness({ overdue }: StepNode): string | undefined {
  if (overdue === undefined) return undefined;
  const { byMs, expected } = overdue;
  const missing = expected.length === 0 ? '' : `: ${expected.join(' or ')} should have come`;
  return `by ${duration(byMs)}${missing}`;
}

function listed(...parts: readonly (string | number | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== 0 && part !== '').join(', ');
}
