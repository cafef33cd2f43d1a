import { TroupeError } from '@troupe/contract';

/** The command line is wrong; nothing was done. */
export class UsageError extends TroupeError {
  readonly code = 'TROUPE_CLI_USAGE';
}

/** What a workspace says of its apps and contracts cannot be read: mostly, it is not built. */
export class WorkspaceError extends TroupeError {
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

/** A file of contracts.lock is not as `troupe contracts lock` wrote it. */
export class LockError extends TroupeError {
  readonly code = 'TROUPE_CLI_CONTRACT_LOCK';

  constructor(
    /** The file, from the workspace. */
    readonly path: string,
    problem: string,
  ) {
    super(`${path} ${problem} Take it from git (git checkout -- ${path}), and run troupe contracts lock.`);
  }
}
