import type { Names } from '../naming.ts';
import type { Letter } from './letter.ts';
import type { Range } from './stored.ts';

/**
 * Where a dead letter stands: nobody dealt with it yet, it was sent again, it was put away, or retention is removing
 * it, and it is as good as gone.
 */
export type LetterState = 'open' | 'redriven' | 'archived' | 'purged';

/** Which dead letters; what is not said does not matter. Plain data: it is kept in operations. */
export interface LetterFilter {
  readonly app?: string | undefined;
  readonly step?: string | undefined;
  readonly reason?: string | undefined;
  /** CloudEvents type: `order.placed.v1`. */
  readonly type?: string | undefined;
  readonly flowId?: string | undefined;
  readonly fingerprint?: string | undefined;
  /** Set aside at this time or later, RFC 3339. */
  readonly since?: string | undefined;
  /** Set aside before this time, RFC 3339. */
  readonly until?: string | undefined;
}

/** The part of the stream that a filter needs to read. */
export function rangeOf(names: Names, { app, step, since }: LetterFilter): Range {
  return {
    subject: names.deadLetterSubject(app ?? '*', step ?? '*'),
    since: since === undefined ? undefined : new Date(since),
  };
}

export function matches(filter: LetterFilter, letter: Letter): boolean {
  const { app, step, reason, type, flowId, fingerprint, since, until } = filter;
  return (
    (app === undefined || app === letter.app) &&
    (step === undefined || step === letter.step) &&
    (reason === undefined || reason === letter.reason) &&
    (type === undefined || type === letter.event.type) &&
    (flowId === undefined || flowId === letter.flowId) &&
    (fingerprint === undefined || fingerprint === letter.fingerprint) &&
    (since === undefined || Date.parse(letter.at) >= Date.parse(since)) &&
    (until === undefined || Date.parse(letter.at) < Date.parse(until))
  );
}
