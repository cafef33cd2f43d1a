import { TroupeError } from '@troupe/contract';

/** Another process listens where an app is to listen. */
export class AppPortTakenError extends TroupeError {
  readonly code = 'TROUPE_START_PORT_TAKEN';

  constructor(
    readonly app: string,
    readonly port: number,
  ) {
    super(
      `Port ${port} of 127.0.0.1, meant for ${app}, is taken by another process: ` +
        'stop that one, or choose other ports with `npm start -- --port <first port>` (0 for free ones).',
    );
  }
}

/** The store belongs to an order system that runs already. */
export class AlreadyRunningError extends TroupeError {
  readonly code = 'TROUPE_START_RUNNING';

  constructor(
    readonly home: string,
    /** The process id of the broker that runs. */
    readonly broker: number,
  ) {
    super(
      `Another \`npm start\` is running on ${home} (its broker is process ${broker}): use that one or end it with ` +
        'Ctrl-C. For a second one beside it, set TROUPE_HOME to another folder and add `-- --port 0 --broker-port 0`.',
    );
  }
}

/** The folder for store and logs cannot be written. */
export class HomeError extends TroupeError {
  readonly code = 'TROUPE_START_HOME';

  constructor(
    readonly home: string,
    cause: unknown,
  ) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `The folder ${home} cannot be written (${reason}): make it writable, or set TROUPE_HOME to one that is.`,
      { cause },
    );
  }
}

/** An app ended before it was ready; the message ends with the last lines of its log. */
export class EndedEarlyError extends TroupeError {
  readonly code = 'TROUPE_START_ENDED';

  constructor(
    readonly app: string,
    /** In words: `by SIGKILL`, `exit code 1`. */
    readonly how: string,
    logFile: string,
    log: readonly string[],
  ) {
    super(`${app} ended by itself (${how}). ${logText(logFile, log)}`);
  }
}

/** An app runs but does not become ready. */
export class NotReadyError extends TroupeError {
  readonly code = 'TROUPE_START_NOT_READY';

  constructor(
    readonly app: string,
    seconds: number,
    answer: string,
    logFile: string,
    log: readonly string[],
  ) {
    super(`${app} was not ready within ${seconds} s (${answer}). ${logText(logFile, log)}`);
  }
}

/** An app did not take a sample order. */
export class OrderRefusedError extends TroupeError {
  readonly code = 'TROUPE_START_ORDER_REFUSED';

  constructor(
    readonly app: string,
    sample: string,
    /** Of the answer; undefined when there was none. */
    readonly status: number | undefined,
    answer: string,
  ) {
    super(`${app} did not take the order "${sample}": ${answer}`);
  }
}

function logText(logFile: string, log: readonly string[]): string {
  if (log.length === 0) return `Its log ${logFile} is empty.`;
  return `The last lines of its log ${logFile}:\n  ${log.join('\n  ')}`;
}
