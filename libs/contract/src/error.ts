import { summary, type Violation } from './violation.ts';

/** What every error of the platform is: a stable code, and a sentence that a person can act on. */
export abstract class TroupeError extends Error {
  /** Stable, upper case, documented in docs/reference/errors.md. */
  abstract readonly code: string;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A class cannot be a contract as it is written. Thrown when the class is declared or first used, never per message. */
export class ContractDefinitionError extends TroupeError {
  readonly code = 'TROUPE_CONTRACT_DEFINITION';

  constructor(
    /** The name of the class. */
    readonly className: string,
    problem: string,
  ) {
    super(`${className}: ${problem}`);
  }
}

/** A message breaks its contract. Terminal: the same message breaks it again. */
export class ContractViolationError extends TroupeError {
  readonly code = 'TROUPE_CONTRACT_INVALID';

  constructor(
    /** The contract's id: `order.placed.v1`. */
    readonly contract: string,
    /** Every violation; the message names the first few. */
    readonly violations: readonly Violation[],
  ) {
    super(`${contract} is broken: ${summary(violations)}`);
  }
}

/** A message of an older major cannot be made one of a newer major. Terminal: an upcaster is a pure function. */
export class UpcastError extends TroupeError {
  readonly code = 'TROUPE_UPCAST_FAILED';

  /** @param cause what the upcaster threw, when it did */
  constructor(
    /** The contract's id as the message came: `order.placed.v1`. */
    readonly contract: string,
    /** The id that it was to become: `order.placed.v2`. */
    readonly target: string,
    /** How what the upcaster returned breaks the target; undefined when it threw. */
    readonly violations: readonly Violation[] | undefined,
    cause?: unknown,
  ) {
    super(`${contract} could not be made ${target}: ${violations ? summary(violations) : reasonOf(cause)}`, {
      cause,
    });
    if (cause instanceof Error) this.stack = `${this.name}: ${this.message}\n${cause.stack}`;
  }
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? `the upcaster threw: ${thrown.message}` : 'the upcaster threw';
}

/** Bytes and headers that are no CloudEvent with a JSON body. Terminal: the same bytes are malformed again. */
export class MessageFormatError extends TroupeError {
  readonly code = 'TROUPE_MESSAGE_MALFORMED';

  /** @param violations each missing or wrong attribute (path `/id`), or what is wrong with the body (path `''`). */
  constructor(readonly violations: readonly Violation[]) {
    super(`malformed message: ${summary(violations)}`);
  }
}

/** What was given as a JSON Schema is none. */
export class SchemaInvalidError extends TroupeError {
  readonly code = 'TROUPE_SCHEMA_INVALID';

  constructor(
    /** JSON Pointer to what is wrong; `''` is the whole schema. */
    readonly pointer: string,
    problem: string,
  ) {
    super(pointer ? `the schema is wrong at ${pointer}: ${problem}` : `the schema is wrong: ${problem}`);
  }
}

/** A schema, or a comparison of two, is larger than what is read. */
export class SchemaTooLargeError extends TroupeError {
  readonly code = 'TROUPE_SCHEMA_TOO_LARGE';

  constructor(problem: string) {
    super(`the schema is too large: ${problem}`);
  }
}

/** A file of contracts.lock is not as `troupe contracts lock` wrote it. */
export class ContractLockError extends TroupeError {
  readonly code = 'TROUPE_CONTRACT_LOCK';

  constructor(
    /** The file. */
    readonly path: string,
    problem: string,
  ) {
    super(`${path} ${problem} Take it from git (git checkout -- ${path}), and run troupe contracts lock.`);
  }
}
