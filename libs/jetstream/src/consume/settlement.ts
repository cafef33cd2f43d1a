import type { NatsConnection } from '@nats-io/transport-node';
import { type PoisonError, RetryAfter } from '../errors.ts';
import type { Instrumentation, Outcome } from '../instrumentation.ts';
import type { Logger } from '../logger.ts';
import type { Notices } from '../notices.ts';
import type { DuplicateCheck } from '../publish/duplicates.ts';
import type { Sender } from '../publish/envelope.ts';
import type { OutgoingMessage } from '../publish/message.ts';
import type { Publisher } from '../publish/publisher.ts';
import type { RetryPolicy, StepDefinition } from '../step.ts';
import { announced } from './announced.ts';
import { Attempts } from './attempts.ts';
import { backoff, DEFAULT_RETRY } from './backoff.ts';
import type { CrashMarks } from './crash-marks.ts';
import { type DeadLetterContext, type DeadLetterReason, deadLetter } from './dead-letter.ts';
import { delayedCopy, LONGEST_WAIT_MS, SHORT_WAIT_MS } from './delay.ts';
import { isFleeting, isHopeless } from './failure.ts';
import type { Isolation } from './isolation.ts';
import { businessKeysOf, maskOfWork } from './known-data.ts';
import { nameOf, producerOf } from './produced-by.ts';
import type { Broken } from './refusal.ts';
import type { Work } from './work.ts';

/** What every step of an app shares. */
export interface StepServices {
  readonly app: string;
  readonly version: string;
  readonly client: NatsConnection;
  readonly isConnected: () => boolean;
  readonly publisher: Publisher;
  readonly duplicates: DuplicateCheck;
  readonly notices: Notices;
  readonly marks: CrashMarks;
  readonly isolation: Isolation;
  /** Names, lanes and limits; the source is the step's own. */
  readonly sender: Omit<Sender, 'source'>;
  readonly log: Logger;
  readonly instrumentation: Instrumentation | undefined;
  readonly inboxPrefix: string | undefined;
}

const COPY_TIMEOUT_MS = 10_000;
const OUTAGE_DELAY_MS = 1_000;
const REMIND_MS = 10_000;

/**
 * How a message leaves a step: done, tried again, or set aside. Effects come before the answer to the broker, and the
 * answer before what is told of it.
 */
export class Settlement {
  readonly #retry: Required<RetryPolicy>;
  readonly #attempts = new Attempts();
  #remindedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly step: StepDefinition,
    private readonly services: StepServices,
  ) {
    this.#retry = { ...DEFAULT_RETRY, ...step.retry };
  }

  /** Number of the attempt about to be made: failures remembered here, and those that a delayed retry carries. */
  attempt({ delivery, key }: Work): number {
    return this.#attempts.of(key) + carriedAttempts(delivery.carried('x-attempt')) + 1;
  }

  done(work: Work): void {
    work.delivery.ack();
    this.#attempts.forget(work.key);
  }

  /** An output could not be stored: no fault of the message, so no attempt. */
  unsent(work: Work, error: Error): Outcome {
    return this.#handBack(work, OUTAGE_DELAY_MS, 'output-not-stored', error);
  }

  /** What keeps the handler's effects is away: no fault of the message either. */
  withoutEffects(work: Work, error: Error): Outcome {
    return this.#handBack(work, OUTAGE_DELAY_MS, 'effects-unavailable', error);
  }

  /** It cannot be marked as being handled: no fault of the message either. */
  withoutMark(work: Work, error: Error): Outcome {
    return this.#handBack(work, OUTAGE_DELAY_MS, 'crash-mark-unavailable', error);
  }

  /** Whether an immediate try of the attempt is left for what went wrong; if so, it is counted and told. */
  triesAgainAtOnce(work: Work, error: Error): boolean {
    if (work.immediate >= this.#retry.immediate || !isFleeting(error)) return false;
    work.immediate++;
    this.#tellOfRetry(work, error, new Date(), work.immediate);
    return true;
  }

  /** The handler failed, or what it returned cannot be sent. */
  async failed(work: Work, error: Error): Promise<Outcome> {
    if (isHopeless(error)) return this.#deadLetter(work, 'terminal-error', error);
    if (work.attempt >= this.#retry.attempts) return this.#deadLetter(work, 'retries-exhausted', error);
    const asked = error instanceof RetryAfter ? error.delayMs : backoff(work.attempt, this.#retry);
    const delayMs = Math.min(asked, LONGEST_WAIT_MS);
    const nextAt = new Date(Date.now() + delayMs);
    this.#attempts.failed(work.key);
    if (delayMs <= SHORT_WAIT_MS) {
      work.delivery.nak(delayMs);
    } else {
      const unstored = await this.#store(this.#delayed(work, nextAt));
      if (unstored !== undefined) return this.#handBack(work, SHORT_WAIT_MS, 'retry-not-stored', unstored);
      work.delivery.ack();
      this.#attempts.forget(work.key);
    }
    this.#tellOfRetry(work, error, nextAt);
    return 'retried';
  }

  /** No handler could get the message. */
  refused(work: Work, { reason, error }: Broken): Promise<Outcome> {
    return this.#deadLetter(work, reason, error, { attempts: 0, violations: error.violations });
  }

  /** The message ends the process that handles it. */
  poisoned(work: Work, error: PoisonError): Promise<Outcome> {
    const type = announced(work.delivery).type;
    return this.#deadLetter(work, 'poison', error, { attempts: error.deaths, type });
  }

  async #deadLetter(
    work: Work,
    reason: DeadLetterReason,
    error: Error,
    known: Pick<DeadLetterContext, 'type' | 'violations'> & { attempts?: number } = {},
  ): Promise<Outcome> {
    const { app, version, sender, log, notices } = this.services;
    const { attempts = work.attempt, type = work.eventIfKnown?.type, violations } = known;
    const sensitive = maskOfWork(work)?.paths;
    const context = {
      app,
      version,
      step: this.step.name,
      reason,
      error,
      attempts,
      type,
      violations,
      sensitive,
    };
    const unstored = await this.#store(deadLetter(work.delivery, context, sender.names));
    if (unstored !== undefined)
      return this.#handBack(work, SHORT_WAIT_MS, 'dead-letter-not-stored', unstored);
    work.delivery.term(reason);
    this.#attempts.forget(work.key);
    notices.publish('alert', this.#notice(work, reason, error));
    const by = producerOf(work);
    log.error(
      { err: error, ...describe(work), producer: by, reason, attempts },
      `${work.step} dead-lettered a message of ${nameOf(by)}: ${reason}`,
    );
    return 'dead-lettered';
  }

  #tellOfRetry(work: Work, error: Error, nextAt: Date, immediate?: number): void {
    const { attempt } = work;
    const { attempts } = this.#retry;
    this.services.notices.publish('retry', {
      ...this.#notice(work, 'retry', error),
      attempt,
      nextAt: nextAt.toISOString(),
      immediate,
    });
    const when = immediate === undefined ? `next at ${nextAt.toISOString()}` : 'again at once';
    this.services.log.warn(
      { err: error, ...describe(work), nextAt, immediate },
      `${work.step} failed, attempt ${attempt} of ${attempts}; ${when}`,
    );
  }

  #delayed(work: Work, at: Date): OutgoingMessage {
    const { app, sender } = this.services;
    const partitionKey = work.event.partitionkey ?? work.flowId;
    const { attempt } = work;
    const delay = { app, step: this.step.name, attempt, at, partitionKey, lanes: sender.lanes };
    return delayedCopy(work.delivery, delay, sender.names);
  }

  /** Why the copy is not stored; undefined when it is. */
  async #store(copy: OutgoingMessage): Promise<Error | undefined> {
    try {
      const ack = await this.services.publisher.publish(copy, COPY_TIMEOUT_MS);
      if (ack.duplicate) this.services.duplicates.check(copy, ack);
      return undefined;
    } catch (error) {
      return error as Error;
    }
  }

  /** The broker does not take what is due. Said once in a while: it is the same for every message. */
  #handBack(work: Work, delayMs: number, reason: string, error: Error): Outcome {
    work.delivery.nak(delayMs);
    const now = performance.now();
    if (now - this.#remindedAt > REMIND_MS) {
      this.#remindedAt = now;
      this.services.notices.publish('outage', this.#notice(work, reason, error));
      this.services.log.error(
        { err: error, ...describe(work), reason },
        `${work.step} hands messages back: ${reason}`,
      );
    }
    return 'handed-back';
  }

  #notice(work: Work, reason: string, error: Error): Parameters<Notices['publish']>[1] {
    const { id, type, source, correlationid } = work.eventIfKnown ?? announced(work.delivery);
    const isKnown = id !== undefined && type !== undefined && source !== undefined;
    return {
      step: this.step.name,
      reason,
      message: error.message,
      event: isKnown
        ? { id, type, source, flowId: correlationid ?? id, keys: businessKeysOf(work) }
        : undefined,
      producer: producerOf(work),
    };
  }
}

function carriedAttempts(header: string | undefined): number {
  if (header === undefined) return 0;
  const attempts = Number(header);
  return Number.isInteger(attempts) && attempts > 0 ? Math.min(attempts, 1_000_000) : 0;
}

function describe(work: Work): object {
  const { info, subject } = work.delivery;
  const event = work.eventIfKnown;
  return {
    step: work.step,
    subject,
    stream: info.stream,
    seq: info.seq,
    attempt: work.attempt,
    ...(event === undefined
      ? {}
      : { event_id: short(event.id), event_type: short(event.type), flow_id: short(work.flowId) }),
  };
}

/** Foreign messages name themselves as long as they like. */
function short(text: string): string {
  return text.length > 256 ? `${text.slice(0, 256)}…` : text;
}
