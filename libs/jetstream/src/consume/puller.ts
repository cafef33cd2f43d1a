import { createInbox, type Msg, type Subscription } from '@nats-io/nats-core';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Logger } from '../logger.ts';
import type { Names } from '../naming.ts';
import type { Answers } from './answers.ts';
import { Delivery } from './delivery.ts';

/** Which durable to pull from, and who takes what comes. */
export interface PullerOptions {
  readonly client: NatsConnection;
  /** While it says no, nothing is asked: the client would drop it. `restart` is called when it says yes again. */
  readonly isConnected: () => boolean;
  readonly answers: Answers;
  readonly names: Names;
  readonly stream: string;
  readonly consumer: string;
  /** What it delivers was sent to this step alone, by the platform. */
  readonly comesBack: boolean;
  /** Messages that may be requested or held unstarted at once. */
  readonly window: number;
  readonly log: Logger;
  readonly inboxPrefix?: string | undefined;
  readonly onDelivery: (delivery: Delivery) => void;
}

const EXPIRES_MS = 5_000;
const HEARTBEAT_MS = 1_000;
const RETRY_MS = 500;
const REMIND_MS = 10_000;
const NANOS = 1_000_000;

/**
 * Pulls from one durable with credit: never more than `window` messages are requested or waiting here, so a slow
 * step leaves the rest to other instances. The client's own callback consumer has no such back-pressure, and its
 * iterator costs more than the rest of a hop.
 */
export class Puller {
  readonly #options: PullerOptions;
  readonly #subject: string;
  readonly #watch: NodeJS.Timeout;
  #inbox = '';
  #subscription: Subscription | undefined;
  /** Requested and not yet delivered. */
  #requested = 0;
  /** Delivered and not yet started by the step. */
  #waiting = 0;
  #lastHeard = 0;
  #pullAgainAt = Number.POSITIVE_INFINITY;
  #remindedAt = 0;
  #problem: string | undefined;
  #stopped = false;

  constructor(options: PullerOptions) {
    this.#options = options;
    this.#subject = options.names.nextSubject(options.stream, options.consumer);
    this.#watch = setInterval(() => this.#check(), HEARTBEAT_MS / 2);
    this.#watch.unref();
    this.restart();
  }

  /** Why nothing comes, when the broker says so; undefined while all is well. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /**
   * Forgets what was requested and asks anew: after a reconnect, or when the broker fell silent. What it sends in
   * answer to the old requests until it hears of that is taken all the same.
   */
  restart(): void {
    if (this.#stopped) return;
    void this.#leave();
    const inbox = createInbox(this.#options.inboxPrefix);
    this.#inbox = inbox;
    this.#subscription = this.#options.client.subscribe(inbox, {
      callback: (error, message) => {
        if (error === null) this.#received(message, inbox);
        else this.#report(error.message);
      },
    });
    this.#requested = 0;
    this.#pull();
  }

  /** The step took one of the delivered messages; called once for each. */
  started(): void {
    this.#waiting--;
    this.#pull();
  }

  /** Stops asking. What was on its way is still delivered before this resolves; it never rejects. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#watch);
    await this.#leave();
  }

  async #leave(): Promise<void> {
    await this.#subscription?.drain().catch(() => {}); // already gone, with the connection or for lack of permission
  }

  /** Never throws: the client would stop reading from the broker. */
  #received(message: Msg, inbox: string): void {
    this.#lastHeard = performance.now();
    try {
      if (message.reply === undefined || message.reply === '') {
        if (inbox === this.#inbox) this.#status(message);
        return;
      }
      this.#problem = undefined;
      if (inbox === this.#inbox) this.#requested = Math.max(0, this.#requested - 1);
      this.#waiting++;
      const { answers, comesBack, onDelivery } = this.#options;
      onDelivery(new Delivery(answers, message, comesBack));
    } catch (error) {
      const { stream, consumer, log } = this.#options;
      log.error({ err: error, stream, consumer }, 'a delivery was not understood; left to the ack wait');
    }
  }

  /** A sign of life, or the end of a request (expired, or refused); its remainder is told in a header. */
  #status(message: Msg): void {
    const { code, description } = message.headers ?? { code: 0, description: '' };
    if (code === 100 || code === 404 || code === 408) this.#problem = undefined;
    if (code === 100) return; // idle heartbeat
    const left = Number(message.headers?.get('Nats-Pending-Messages') ?? '0');
    this.#requested = Math.max(0, this.#requested - (Number.isFinite(left) ? left : 0));
    if (code === 408 || code === 404 || (code === 409 && /batch completed/i.test(description))) {
      this.#pull();
      return;
    }
    this.#requested = 0;
    this.#pullAgainAt = performance.now() + RETRY_MS;
    // 503: no responders; 409: deleted, shutting down, too many waiting …
    if (code === 503) this.#report('the stream or the consumer is missing or has no leader');
    else if (!/leadership/i.test(description)) this.#report(description);
  }

  #pull(): void {
    const { client, window, isConnected } = this.#options;
    const held = this.#requested + this.#waiting;
    if (this.#stopped || held > window / 2 || !isConnected()) return;
    const batch = window - held;
    this.#requested += batch;
    this.#lastHeard = performance.now();
    this.#pullAgainAt = Number.POSITIVE_INFINITY;
    client.publish(
      this.#subject,
      `{"batch":${batch},"expires":${EXPIRES_MS * NANOS},"idle_heartbeat":${HEARTBEAT_MS * NANOS}}`,
      { reply: this.#inbox },
    );
  }

  #check(): void {
    if (!this.#options.isConnected()) return;
    const now = performance.now();
    if (now >= this.#pullAgainAt) {
      this.#pull();
    } else if (this.#requested > 0 && now - this.#lastHeard > HEARTBEAT_MS * 2.5) {
      this.#report('no heartbeat; asking again');
      this.restart();
    }
  }

  #report(problem: string): void {
    this.#problem = problem;
    const now = performance.now();
    if (this.#remindedAt !== 0 && now - this.#remindedAt < REMIND_MS) return;
    this.#remindedAt = now;
    const { stream, consumer, log } = this.#options;
    log.warn({ stream, consumer }, `cannot pull from consumer ${consumer} of ${stream}: ${problem}`);
  }
}
