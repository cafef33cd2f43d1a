import { contractOf } from '@troupe/contract';
import type { Logger } from '../logger.ts';
import type { RuntimeOptions } from './options.ts';

/** Says at start which contracts are not compiled and why: each of their messages costs tens of times as much. */
export function warnOfFallbacks({ steps = [], produces = [] }: RuntimeOptions, log: Logger): void {
  const classes = new Set([...steps.flatMap(({ on, emits }) => [...on, ...emits]), ...produces]);
  for (const { id, enforcement, fallbackReasons } of [...classes].map(contractOf)) {
    if (enforcement === 'compiled') continue;
    log.warn(
      { contract: id, reasons: fallbackReasons },
      `${id} is not compiled: ${fallbackReasons.join('; ')}`,
    );
  }
}
