/** Where the runtime writes what happens to it. Shaped like pino: fields first, then the sentence. */
export interface Logger {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

const nothing = (): void => {};

/** Writes nothing. */
export const silentLogger: Logger = { debug: nothing, info: nothing, warn: nothing, error: nothing };

let registered: Logger | undefined;

/** Makes every runtime of this process that is made from now on, and is given no logger, write to `logger`. */
export function registerLogger(logger: Logger): void {
  registered = logger;
}

/** What `registerLogger` was last given; else the silent one. */
export function registeredLogger(): Logger {
  return registered ?? silentLogger;
}
