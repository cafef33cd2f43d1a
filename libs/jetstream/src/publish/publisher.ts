import { createInbox, type Msg, type Subscription } from '@nats-io/nats-core';
import type { NatsConnection } from '@nats-io/transport-node';
import { BrokerUnavailableError, MessageTooLargeError, PublishTimeoutError } from '../errors.ts';
import { Numbered } from '../numbered.ts';
import { encodedHeaders, type OutgoingMessage, sizeOf } from './message.ts';
import { isRetryable, type PubAck, readPubAck } from './puback.ts';

/** Told once: the acknowledgement, or why there is none. */
export type PubAckCallback = (error: Error | undefined, ack: PubAck | undefined) => void;

interface Pending {
  readonly message: OutgoingMessage;
  readonly done: PubAckCallback;
  /** When this attempt counts as lost (`performance.now()`, as all times here: no clock change ends an attempt). */
  attemptEnds: number;
  /** How long the next attempt may take. Doubles, so that a slow stream is not given more and more to do. */
  attemptMs: number;
  /** When the publisher gives up. */
  readonly deadline: number;
  readonly timeoutMs: number;
  /** What the last attempt was answered, when it is waiting for the next one. */
  refused: Error | undefined;
}

const FIRST_ATTEMPT_MS = 2_000;
const RETRY_MS = 100;
const SWEEP_MS = 50;

/**
 * Publishes to streams and awaits their acknowledgements, any number at once, over one reply inbox and without
 * a promise per message. An attempt that was lost or answered with a passing fault is repeated with the same id
 * until its deadline, so a message is stored once however often it is sent.
 */
export class Publisher {
  readonly #client: NatsConnection;
  readonly #isConnected: () => boolean;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  readonly #pending = new Numbered<Pending>();
  readonly #sweep: NodeJS.Timeout;
  #token = 0;
  #closed = false;

  /** @param isConnected while it says no, lost attempts are not repeated: the client would only pile them up */
  constructor(client: NatsConnection, isConnected: () => boolean, inboxPrefix?: string) {
    this.#client = client;
    this.#isConnected = isConnected;
    this.#inbox = `${createInbox(inboxPrefix)}.`;
    this.#subscription = client.subscribe(`${this.#inbox}*`, {
      callback: (error, reply) => {
        if (error === null) this.#answered(reply);
      },
    });
    this.#sweep = setInterval(() => this.#expire(), SWEEP_MS);
    this.#sweep.unref();
  }

  /** Messages sent and not yet acknowledged. */
  get pending(): number {
    return this.#pending.size;
  }

  /** Sends a message; `done` is called once, with an acknowledgement or an error, at `timeoutMs` at the latest. */
  send(message: OutgoingMessage, timeoutMs: number, done: PubAckCallback): void {
    if (this.#closed) {
      done(new BrokerUnavailableError('The publisher is closed.'), undefined);
      return;
    }
    const now = performance.now();
    const pending: Pending = {
      message,
      done,
      attemptEnds: 0,
      attemptMs: FIRST_ATTEMPT_MS,
      deadline: now + timeoutMs,
      timeoutMs,
      refused: undefined,
    };
    this.#attempt(pending, now);
  }

  /** `send` as a promise, for where a message is rare. */
  publish(message: OutgoingMessage, timeoutMs: number): Promise<PubAck> {
    return new Promise((resolve, reject) => {
      this.send(message, timeoutMs, (error, ack) => (ack === undefined ? reject(error) : resolve(ack)));
    });
  }

  /** Stops awaiting: what is pending is answered with `BrokerUnavailableError` (it may be stored). */
  close(): void {
    this.#closed = true;
    clearInterval(this.#sweep);
    this.#subscription.unsubscribe();
    for (const [token, pending] of this.#pending.entries()) {
      this.#pending.delete(token);
      pending.done(new BrokerUnavailableError('The app stopped before the stream acknowledged.'), undefined);
    }
  }

  #attempt(pending: Pending, now: number): void {
    const token = this.#token++;
    pending.refused = undefined;
    pending.attemptEnds = Math.min(now + pending.attemptMs, pending.deadline);
    pending.attemptMs *= 2;
    this.#pending.set(token, pending);
    try {
      this.#client.publish(pending.message.subject, pending.message.payload, {
        reply: this.#inbox + token,
        headers: encodedHeaders(pending.message.headers),
      });
    } catch (error) {
      this.#pending.delete(token);
      pending.done(this.#unsent(pending.message, error), undefined);
    }
  }

  /** The client refuses what is larger than the server takes, and everything once it is closed. */
  #unsent(message: OutgoingMessage, cause: unknown): Error {
    const size = sizeOf(message);
    const limit = this.#client.info?.max_payload;
    return limit !== undefined && size > limit
      ? new MessageTooLargeError(message.subject, size, limit)
      : new BrokerUnavailableError(`Cannot send on ${message.subject}.`, { cause });
  }

  #answered(reply: Msg): void {
    const token = Number(reply.subject.slice(this.#inbox.length));
    const pending = this.#pending.get(token);
    if (pending === undefined) return; // a late answer to an attempt that was repeated
    const answer = readPubAck(reply, pending.message);
    if (answer instanceof Error && isRetryable(answer)) {
      const again = performance.now() + RETRY_MS;
      if (again < pending.deadline) {
        pending.refused = answer;
        pending.attemptEnds = again;
        pending.attemptMs = FIRST_ATTEMPT_MS;
        return;
      }
    }
    this.#pending.delete(token);
    if (answer instanceof Error) pending.done(answer, undefined);
    else pending.done(undefined, answer);
  }

  #expire(): void {
    const now = performance.now();
    const away = !this.#isConnected();
    for (const [token, pending] of this.#pending.entries()) {
      if (away && now < pending.deadline) {
        // The acknowledgement went with the connection: sent again as soon as there is one.
        pending.attemptEnds = Math.min(now + RETRY_MS, pending.deadline);
        pending.attemptMs = FIRST_ATTEMPT_MS;
        continue;
      }
      if (pending.attemptEnds > now) continue;
      this.#pending.delete(token);
      if (now < pending.deadline) {
        this.#attempt(pending, now);
      } else {
        pending.done(
          pending.refused ?? new PublishTimeoutError(pending.message.subject, pending.timeoutMs),
          undefined,
        );
      }
    }
  }
}
