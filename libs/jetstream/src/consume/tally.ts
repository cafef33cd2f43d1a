import type { Outcome } from '../instrumentation.ts';
import type { Work } from './work.ts';

const LONGEST_ERROR = 256;

/**
 * What one step of this instance answered since it started. What it handed back is not among it: that comes again, here
 * or elsewhere.
 */
export class Tally {
  /** Deliveries that were acknowledged, tried again or dead-lettered. */
  answered = 0;
  /** Those that were tried again or dead-lettered. */
  failed = 0;
  /** From a message's turn to its answer, its outputs stored, summed up. Messages side by side each count. */
  busyMs = 0;
  /** Sentence of the last failure, its sensitive values masked, its first 256 characters. */
  lastError: string | undefined;

  add({ begun, startedAt }: Pick<Work, 'begun' | 'startedAt'>, outcome: Outcome, error?: Error): void {
    if (outcome === 'handed-back') return;
    this.answered++;
    if (begun) this.busyMs += performance.now() - startedAt;
    if (outcome === 'done') return;
    this.failed++;
    if (error !== undefined) this.lastError = error.message.slice(0, LONGEST_ERROR);
  }
}
