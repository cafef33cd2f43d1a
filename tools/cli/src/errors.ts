/** What every error of the command line is; like those of the platform, of which the command may need nothing else. */
abstract class CommandError extends Error {
  /** Stable, upper case, documented in docs/reference/errors.md. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The command line is wrong; nothing was done. */
export class UsageError extends CommandError {
  readonly code = 'TROUPE_CLI_USAGE';
}

/** What a workspace says of its apps and contracts cannot be read: mostly, it is not built. */
export class WorkspaceError extends CommandError {
  readonly code = 'TROUPE_CLI_WORKSPACE';

  constructor(
    /** The file or folder in question. */
    readonly path: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${path} ${problem}`, options);
  }
}

/** The console does not answer, or not as it should. */
export class ConsoleUnavailableError extends CommandError {
  readonly code = 'TROUPE_CLI_CONSOLE';

  constructor(
    readonly console: string,
    reason: string,
    cause?: unknown,
  ) {
    super(`The console at ${console} ${reason} Say where it is with --console or TROUPE_CONSOLE_URL.`, {
      cause,
    });
  }
}

/** The keys of users cannot be read or made; no seed is shown. */
export class KeysError extends CommandError {
  readonly code = 'TROUPE_CLI_KEYS';

  constructor(
    /** The file or folder in question. */
    readonly path: string,
    problem: string,
    options?: ErrorOptions,
  ) {
    super(`${path} ${problem}.`, options);
  }
}

/** The step that is to be tried does not run: its process ended, or takes nothing from its consumer. */
export class StepNotRunningError extends CommandError {
  readonly code = 'TROUPE_CLI_STEP';

  constructor(
    readonly step: string,
    /** How its process ended, or what it did not do. */
    readonly how: string,
    /** The last lines of what its process wrote. */
    readonly log: readonly string[],
  ) {
    const lines = log.length === 0 ? '' : ` It wrote last:\n${log.map((line) => `  ${line}`).join('\n')}`;
    super(`${step} does not run: ${how}.${lines}`);
  }
}
