import { ConsoleLogger, type LoggerService } from '@nestjs/common';
import { TroupeError } from '@troupe/contract';

/** Nest's log while an app boots. Errors that `startApp` tells in a sentence are left out: Nest adds their stack. */
export function bootLog(log: LoggerService = new ConsoleLogger()): LoggerService {
  return {
    log: (message: unknown, ...rest: unknown[]) => log.log(message, ...rest),
    warn: (message: unknown, ...rest: unknown[]) => log.warn(message, ...rest),
    debug: (message: unknown, ...rest: unknown[]) => log.debug?.(message, ...rest),
    verbose: (message: unknown, ...rest: unknown[]) => log.verbose?.(message, ...rest),
    fatal: (message: unknown, ...rest: unknown[]) => log.fatal?.(message, ...rest),
    error: (message: unknown, ...rest: unknown[]) => {
      if (!isToldElsewhere(message)) log.error(message, ...rest);
    },
  };
}

function isToldElsewhere(message: unknown): boolean {
  return message instanceof TroupeError || /\bEADDRINUSE\b/.test(String(message));
}
