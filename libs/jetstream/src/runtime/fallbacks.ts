import { acceptedBy, contractOf } from '@troupe/contract';
import type { Logger } from '../logger.ts';
import type { RuntimeOptions } from './options.ts';

/** Says at start which contracts are not compiled and why: each of their messages costs tens of times as much. */
export function warnOfFallbacks({ steps = [], produces = [] }: RuntimeOptions, log: Logger): void {
  const accepted = steps.flatMap(({ on }) => acceptedBy(on).map(({ contract }) => contract));
  const emitted = [...steps.flatMap(({ emits }) => emits), ...produces].map(contractOf);
  for (const { id, enforcement, fallbackReasons } of new Set([...accepted, ...emitted])) {
    if (enforcement === 'compiled') continue;
    log.warn(
      { contract: id, reasons: fallbackReasons },
      `${id} is not compiled: ${fallbackReasons.join('; ')}`,
    );
  }
}
