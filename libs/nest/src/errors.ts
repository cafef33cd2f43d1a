import { TroupeError, type Violation } from '@troupe/contract';
import { TerminalError } from '@troupe/jetstream';

/** Another process listens where the app wants to. */
export class PortTakenError extends TroupeError {
  readonly code = 'TROUPE_PORT_TAKEN';

  constructor(
    readonly host: string,
    readonly port: number,
  ) {
    super(`Port ${port} of ${host} is taken by another process: end that one, or set PORT to another.`);
  }
}

/** A flow is declared in a way that cannot be watched; found before anything is consumed or sent. */
export class FlowDefinitionError extends TroupeError {
  readonly code = 'TROUPE_FLOW_DEFINITION';

  constructor(
    /** The class that carries `@Flow`. */
    readonly className: string,
    problem: string,
  ) {
    super(`The flow of ${className} ${problem}.`);
  }
}

/** A service outside of the platform cannot be asked now; the same call may succeed later. */
export class ServiceUnavailableError extends TroupeError {
  readonly code = 'TROUPE_SERVICE_UNAVAILABLE';

  constructor(
    /** As its client calls it. */
    readonly service: string,
    readonly url: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`The ${service} at ${url} is not available: ${reason}.`, options);
  }
}

/** A service refused what it was asked, and would again: the message is set aside. */
export class ServiceRefusedError extends TerminalError {
  override readonly code = 'TROUPE_SERVICE_REFUSED';

  constructor(
    readonly service: string,
    readonly url: string,
    readonly status: number,
    /** The first bytes of what it answered. */
    readonly answer: string,
  ) {
    super(`The ${service} at ${url} refused with status ${status}: ${answer || 'it says nothing more'}`);
  }
}

/** A service's answer cannot be used: `violations` says what is wrong with it. */
export class ServiceAnswerError extends TroupeError {
  readonly code = 'TROUPE_SERVICE_ANSWER';

  constructor(
    readonly service: string,
    readonly url: string,
    problem: string,
    /** Every failing path; empty when it could not be read at all. */
    readonly violations: readonly Violation[] = [],
  ) {
    const [first] = violations;
    const detail = first === undefined ? '' : `: ${first.path} ${first.message}`;
    super(`The answer of the ${service} at ${url} ${problem}${detail}.`);
  }
}
