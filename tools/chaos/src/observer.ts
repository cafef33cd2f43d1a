import type { Observer } from '@troupe/start';
import { ChaosError } from './errors.ts';

/** Tells of processes that end and come back. An app that cannot be kept running ends the run. */
export function haltingObserver(halt: AbortController): Observer {
  return {
    onEnded: ({ process, pid, how }) => console.log(`        ${process} (${pid}) ended: ${how}`),
    onReturned: ({ process, pid, awayMs }) =>
      console.log(`        ${process} is back (${pid}) after ${(awayMs / 1_000).toFixed(1)} s`),
    onGivenUp: (error) => halt.abort(new ChaosError(`An app could not be kept running: ${String(error)}`)),
  };
}
