import { createInbox, type Msg, type Subscription } from '@nats-io/nats-core';
import type { NatsConnection } from '@nats-io/transport-node';
import { BrokerUnavailableError, PublishTimeoutError } from '../errors.ts';
import { encodedHeaders, type OutgoingMessage } from './message.ts';
import { isRetryable, type PubAck, readPubAck } from './puback.ts';

/** Told once: the acknowledgement, or why there is none. */
export type PubAckCallback = (error: Error | undefined, ack: PubAck | undefined) => void;

interface Pending {
  readonly message: OutgoingMessage;
  readonly done: PubAckCallback;
  /** When this attempt counts as lost. */
  attemptEnds: number;
  /** When the publisher gives up. */
  readonly deadline: number;
  readonly timeoutMs: number;
  /** What the last attempt was answered, when it is waiting for the next one. */
  refused: Error | undefined;
}

const ATTEMPT_MS = 2_000;
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
  readonly #pending = new Map<string, Pending>();
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
    const now = Date.now();
    const pending: Pending = {
      message,
      done,
      attemptEnds: 0,
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
    for (const [token, pending] of this.#pending) {
      this.#pending.delete(token);
      pending.done(new BrokerUnavailableError('The app stopped before the stream acknowledged.'), undefined);
    }
  }

  #attempt(pending: Pending, now: number): void {
    const token = (this.#token++).toString(36);
    pending.refused = undefined;
    pending.attemptEnds = Math.min(now + ATTEMPT_MS, pending.deadline);
    this.#pending.set(token, pending);
    try {
      this.#client.publish(pending.message.subject, pending.message.payload, {
        reply: this.#inbox + token,
        headers: encodedHeaders(pending.message.headers),
      });
    } catch (error) {
      this.#pending.delete(token);
      pending.done(
        new BrokerUnavailableError(`Cannot send on ${pending.message.subject}.`, { cause: error }),
        undefined,
      );
    }
  }

  #answered(reply: Msg): void {
    const token = reply.subject.slice(this.#inbox.length);
    const pending = this.#pending.get(token);
    if (pending === undefined) return; // a late answer to an attempt that was repeated
    const answer = readPubAck(reply, pending.message);
    if (answer instanceof Error && isRetryable(answer) && Date.now() + RETRY_MS < pending.deadline) {
      pending.refused = answer;
      pending.attemptEnds = Date.now() + RETRY_MS;
      return;
    }
    this.#pending.delete(token);
    if (answer instanceof Error) pending.done(answer, undefined);
    else pending.done(undefined, answer);
  }

  #expire(): void {
    const now = Date.now();
    for (const [token, pending] of this.#pending) {
      if (pending.attemptEnds > now) continue;
      if (now < pending.deadline && !this.#isConnected()) {
        pending.attemptEnds = Math.min(now + RETRY_MS, pending.deadline);
        continue;
      }
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
