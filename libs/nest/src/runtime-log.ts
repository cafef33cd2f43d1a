import { Logger as NestLogger } from '@nestjs/common';
import type { Logger } from '@troupe/jetstream';

/** Lets the runtime write through Nest's logger, where no structured one is registered. */
export function nestRuntimeLog(app: string): Logger {
  const log = new NestLogger(app);
  return {
    debug: (fields, message) => log.debug(lineOf(fields, message)),
    info: (fields, message) => log.log(lineOf(fields, message)),
    warn: (fields, message) => log.warn(lineOf(fields, message)),
    error: (fields, message) => log.error(lineOf(fields, message)),
  };
}

function lineOf(fields: object, message: string): string {
  const { err } = fields as { err?: unknown };
  return err instanceof Error ? `${message} (${err.message})` : message;
}
