import type { NatsConnection } from '@nats-io/transport-node';
import { ContractViolationError, type Violation } from '@troupe/contract';
import {
  MessageTooLargeError,
  OutputKeyError,
  RetryAfter,
  TerminalError,
  UndeclaredOutputError,
} from '../errors.ts';
import type { Instrumentation } from '../instrumentation.ts';
import type { Logger } from '../logger.ts';
import type { Notices } from '../notices.ts';
import type { DuplicateCheck } from '../publish/duplicates.ts';
import type { Sender } from '../publish/envelope.ts';
import type { Publisher } from '../publish/publisher.ts';
import type { RetryPolicy, StepDefinition } from '../step.ts';
import { Attempts } from './attempts.ts';
import { backoff, DEFAULT_RETRY } from './backoff.ts';
import { type DeadLetterReason, deadLetter } from './dead-letter.ts';
import { delayedCopy, SHORT_WAIT_MS } from './delay.ts';
import type { StepCounts } from './step-runner.ts';
import type { Work } from './work.ts';

/** What every step of an app shares. */
export interface StepServices {
  readonly app: string;
  readonly version: string;
  readonly client: NatsConnection;
  readonly publisher: Publisher;
  readonly duplicates: DuplicateCheck;
  readonly notices: Notices;
  /** Names, lanes and limits; the source is the step's own. */
  readonly sender: Omit<Sender, 'source'>;
  readonly log: Logger;
  readonly instrumentation: Instrumentation | undefined;
  readonly inboxPrefix: string | undefined;
}

const COPY_TIMEOUT_MS = 10_000;
const OUTAGE_DELAY_MS = 1_000;

/** How a message leaves a step: done, tried again, or set aside. Effects come before the answer to the broker. */
export class Settlement {
  readonly #retry: Required<RetryPolicy>;
  readonly #attempts = new Attempts();

  constructor(
    private readonly step: StepDefinition,
    private readonly services: StepServices,
    private readonly counts: StepCounts,
  ) {
    this.#retry = { ...DEFAULT_RETRY, ...step.retry };
  }

  /** Number of the attempt about to be made: failures remembered here, and those that a delayed retry carries. */
  attempt(work: Work): number {
    const { delivery, key } = work;
    return this.#attempts.of(key) + carriedAttempts(delivery.header('x-attempt')) + 1;
  }

  done(work: Work): void {
    work.settled = true;
    work.delivery.ack();
    this.#attempts.forget(work.key);
    this.counts.processed++;
    work.observation?.end('done');
  }

  /** An output could not be stored: no fault of the message, so no attempt. */
  unsent(work: Work, error: Error): void {
    if (isHopeless(error)) {
      void this.failed(work, error);
      return;
    }
    work.settled = true;
    this.services.log.warn(
      { err: error, ...describe(work) },
      `${work.step} could not publish its output; handed back`,
    );
    this.services.notices.publish('outage', this.#notice(work, 'output-not-stored', error));
    work.delivery.nak(OUTAGE_DELAY_MS);
    work.observation?.end('handed-back', error);
  }

  /** The handler failed, or what it returned cannot be sent. */
  async failed(work: Work, thrown: unknown): Promise<void> {
    work.settled = true;
    const error = thrown instanceof Error ? thrown : new Error(`Threw ${String(thrown)}`);
    this.counts.failed++;
    if (isHopeless(error)) return this.#deadLetter(work, 'terminal-error', error);
    if (work.attempt >= this.#retry.attempts) return this.#deadLetter(work, 'retries-exhausted', error);
    const delayMs = error instanceof RetryAfter ? error.delayMs : backoff(work.attempt, this.#retry);
    const nextAt = new Date(Date.now() + delayMs);
    this.services.log.warn(
      { err: error, ...describe(work), nextAt },
      `${work.step} failed, attempt ${work.attempt} of ${this.#retry.attempts}; next in ${delayMs} ms`,
    );
    this.services.notices.publish('retry', {
      ...this.#notice(work, 'retry', error),
      attempt: work.attempt,
      nextAt: nextAt.toISOString(),
    });
    if (delayMs <= SHORT_WAIT_MS) {
      this.#attempts.failed(work.key);
      work.delivery.nak(delayMs);
    } else {
      await this.#delay(work, nextAt);
    }
    work.observation?.end('retried', error);
  }

  /** The message broke its contract before any handler saw it. */
  async refused(
    work: Work,
    refused: { reason: 'contract-invalid' | 'contract-unknown'; violations: readonly Violation[] },
  ): Promise<void> {
    const error = new ContractViolationError(
      work.eventIfKnown?.type ?? work.delivery.subject,
      refused.violations,
    );
    await this.#deadLetter(work, refused.reason, error, refused.violations);
  }

  async #delay(work: Work, at: Date): Promise<void> {
    const { app, sender, publisher } = this.services;
    const copy = delayedCopy(
      work.delivery,
      {
        app,
        step: this.step.name,
        attempt: work.attempt,
        at,
        partitionKey: work.event.partitionkey ?? work.flowId,
        lanes: sender.lanes,
      },
      sender.names,
    );
    try {
      await publisher.publish(copy, COPY_TIMEOUT_MS);
      work.delivery.ack();
      this.#attempts.forget(work.key);
    } catch (error) {
      this.services.log.error(
        { err: error, ...describe(work) },
        'a delayed retry could not be stored; handed back instead',
      );
      this.#attempts.failed(work.key);
      work.delivery.nak(SHORT_WAIT_MS);
    }
  }

  async #deadLetter(
    work: Work,
    reason: DeadLetterReason,
    error: Error,
    violations?: readonly Violation[],
  ): Promise<void> {
    const { app, version, sender, publisher, log, notices } = this.services;
    const attempts = violations === undefined ? work.attempt : 0;
    const copy = deadLetter(
      work.delivery,
      {
        app,
        version,
        step: this.step.name,
        reason,
        error,
        attempts,
        type: work.eventIfKnown?.type,
        violations,
      },
      sender.names,
    );
    try {
      await publisher.publish(copy, COPY_TIMEOUT_MS);
    } catch (unavailable) {
      log.error(
        { err: unavailable, ...describe(work), reason },
        'a dead letter could not be stored; its message is handed back',
      );
      work.delivery.nak(SHORT_WAIT_MS);
      work.observation?.end('handed-back', unavailable);
      return;
    }
    work.delivery.term(reason);
    this.#attempts.forget(work.key);
    this.counts.deadLettered++;
    log.error(
      { err: error, ...describe(work), reason, attempts },
      `${work.step} dead-lettered a message: ${reason}`,
    );
    notices.publish('alert', this.#notice(work, reason, error));
    work.observation?.end('dead-lettered', error);
  }

  #notice(work: Work, reason: string, error: Error): Parameters<Notices['publish']>[1] {
    const event = work.eventIfKnown;
    return {
      step: this.step.name,
      reason,
      message: error.message,
      event: event && { id: event.id, type: event.type, source: event.source, flowId: work.flowId },
    };
  }
}

/** Trying again cannot help: the handler said so, or its code returns what cannot be sent. */
function isHopeless(error: Error): boolean {
  return (
    error instanceof TerminalError ||
    error instanceof UndeclaredOutputError ||
    error instanceof OutputKeyError ||
    error instanceof ContractViolationError ||
    error instanceof MessageTooLargeError
  );
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
    ...(event === undefined ? {} : { event_id: event.id, event_type: event.type, flow_id: work.flowId }),
  };
}
