import { validatorOf } from '@troupe/contract';
import { RetryAfter } from '@troupe/jetstream';
import { ServiceAnswerError, ServiceRefusedError, ServiceUnavailableError } from '../errors.ts';
import { type Answer, post } from './post.ts';
import { retryAfterMs } from './retry-after.ts';

/** A service outside of the platform, which steps call over HTTP. */
export interface ServiceOptions {
  /** What errors call it: `payment provider`. */
  readonly name: string;
  /** Where it is, `http:` or `https:`; what is called is below it. */
  readonly url: string;
  /** How long a call may take, to the answer's last byte, in ms. Default 10,000. */
  readonly timeoutMs?: number;
}

/** What goes with a call; a step's context has both. */
export interface ServiceCall {
  /** Sent as `Idempotency-Key`: the service does what is asked once for each key, however often it hears it. */
  readonly idempotencyKey: string;
  /** Ends the call when it is aborted. */
  readonly signal: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/** Refusals of the moment: out of time, a call with the same key in progress, too early, too many. */
const PASSING: ReadonlySet<number> = new Set([408, 409, 425, 429]);
/** Statuses whose `Retry-After` is heeded. */
const PACED: ReadonlySet<number> = new Set([429, 503]);

/**
 * Calls a service with JSON. What it throws makes the runtime do what is right: a call that may succeed later is made
 * again with the message, and one that never will sets the message aside. It holds nothing to be closed.
 */
export class ServiceClient {
  readonly #name: string;
  readonly #base: string;
  readonly #timeoutMs: number;

  constructor({ name, url, timeoutMs = DEFAULT_TIMEOUT_MS }: ServiceOptions) {
    this.#name = name;
    this.#base = url.replace(/\/+$/, '');
    this.#timeoutMs = timeoutMs;
  }

  /**
   * Posts `body`, and gives the answer as an instance of the class-validator class `answer`; it may have more fields
   * than that. Without a class, a status of success is all that is looked at. Redirections are not followed.
   *
   * @param path begins with `/`
   * @throws RetryAfter for 429 and 503 with `Retry-After` (RFC 9110), an hour at most
   * @throws ServiceUnavailableError for a connection that fails, a call out of time, 5xx, 408, 409, 425, and 429
   * @throws ServiceRefusedError, a `TerminalError`, for any other status but success
   * @throws ServiceAnswerError for an answer of more than 1 MiB, that is no JSON, or not what the class says
   * @throws the reason of `call.signal` when that ended the call
   */
  post(path: string, body: object, call: ServiceCall): Promise<void>;
  post<T extends object>(path: string, body: object, call: ServiceCall, answer: new () => T): Promise<T>;
  async post(path: string, body: object, call: ServiceCall, answer?: new () => object): Promise<unknown> {
    const url = `${this.#base}${path}`;
    const given = await this.#exchange(url, body, call);
    if (!given.isSuccess) throw this.#failure(url, given);
    return answer === undefined ? undefined : this.#valid(url, given, answer);
  }

  async #exchange(url: string, body: object, { idempotencyKey, signal }: ServiceCall): Promise<Answer> {
    const timeout = AbortSignal.timeout(this.#timeoutMs);
    try {
      return await post(url, body, idempotencyKey, AbortSignal.any([signal, timeout]));
    } catch (error) {
      signal.throwIfAborted();
      const reason = timeout.aborted ? `no answer within ${this.#timeoutMs} ms` : reasonOf(error);
      throw new ServiceUnavailableError(this.#name, url, reason, { cause: error });
    }
  }

  #failure(url: string, { status, retryAfter, text }: Answer): Error {
    const name = this.#name;
    const waitMs = PACED.has(status) ? retryAfterMs(retryAfter, Date.now()) : undefined;
    if (waitMs !== undefined) {
      return new RetryAfter(
        waitMs,
        `The ${name} at ${url} answered ${status}, to be called after ${waitMs} ms.`,
      );
    }
    if (status >= 500 || PASSING.has(status))
      return new ServiceUnavailableError(name, url, `status ${status}`);
    return new ServiceRefusedError(name, url, status, text);
  }

  #valid(url: string, { text, isWhole }: Answer, answer: new () => object): object {
    if (!isWhole) throw new ServiceAnswerError(this.#name, url, 'is too large');
    const value = parsed(text);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new ServiceAnswerError(this.#name, url, 'is no JSON object');
    }
    const violations = validatorOf(answer).violations(value, 'keep');
    if (violations.length === 0) return Object.setPrototypeOf(value, answer.prototype) as object;
    throw new ServiceAnswerError(this.#name, url, `is no ${answer.name}`, violations);
  }
}

/** Undefined, as no JSON is, for what cannot be parsed. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** `fetch` keeps the reason in the cause, which has no message of its own when several addresses were tried. */
function reasonOf(thrown: unknown): string {
  const cause: unknown = thrown instanceof Error ? (thrown.cause ?? thrown) : thrown;
  const { message, code } = cause as NodeJS.ErrnoException;
  return message || code || String(thrown);
}
