import {
  AuthorizationError,
  PermissionViolationError,
  UserAuthenticationExpiredError,
} from '@nats-io/nats-core';
import { BrokerRefusedError } from '../errors.ts';
import type { Logger } from '../logger.ts';

const AGAIN_MS = 10_000;
const MOST_REMEMBERED = 1_000;
const TOO_SLOW = /authentication timeout/i;

/**
 * What the broker refuses to the user of a connection, as errors in the log: each once in 10 s, since a publish that is
 * denied, or a logon, may be tried a thousand times meanwhile.
 */
export class Refusals {
  readonly #saidAt = new Map<string, number>();

  /** @param user as a person knows it: `the user with the key U…` */
  constructor(
    private readonly where: string,
    private readonly user: string,
    private readonly log: Logger,
  ) {}

  /** The refusal to let the user in at all; undefined when the error is another one, or the logon only took too long. */
  ofLogon(error: unknown): BrokerRefusedError | undefined {
    const isOne = error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError;
    if (!isOne || TOO_SLOW.test(error.message)) return undefined;
    return new BrokerRefusedError(this.where, this.user, error.message);
  }

  /** Says it, whatever it is, unless it was said a moment ago. */
  report(error: Error): void {
    const logon = error instanceof BrokerRefusedError ? error : this.ofLogon(error);
    if (logon !== undefined) {
      this.#say('', { err: error }, logon.message);
    } else if (error instanceof PermissionViolationError) {
      const { operation, subject } = error;
      const may = operation === 'publish' ? 'publish on' : 'subscribe to';
      const sentence = `Permissions violation: the broker does not let ${this.user} ${may} ${subject}.`;
      this.#say(`${operation} ${subject}`, { operation, subject }, sentence);
    } else {
      this.log.error({ err: error }, `the broker reports: ${error.message}`);
    }
  }

  #say(what: string, fields: object, sentence: string): void {
    const now = performance.now();
    if (now - (this.#saidAt.get(what) ?? Number.NEGATIVE_INFINITY) < AGAIN_MS) return;
    if (this.#saidAt.size >= MOST_REMEMBERED) this.#saidAt.clear();
    this.#saidAt.set(what, now);
    this.log.error(fields, sentence);
  }
}
