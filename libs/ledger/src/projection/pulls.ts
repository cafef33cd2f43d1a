import { createInbox, type Msg, nanos, type Subscription } from '@nats-io/nats-core';
import { sizeOf } from '@troupe/jetstream';
import { type AckSubject, readAckSubject } from './ack-subject.ts';
import { BEAT_MS } from './beat.ts';
import type { Broker } from './broker.ts';

/** A message as a stream holds it. */
export interface Stored {
  readonly stream: string;
  readonly seq: number;
  readonly subject: string;
  /** When the stream stored it, ms since the epoch. */
  readonly at: number;
  readonly message: Msg;
}

/** What becomes of what was pulled. */
export interface Pulled {
  /** Nothing more is given before it resolves. It never rejects. */
  take(stored: Stored): Promise<void> | undefined;
  /** Everything that was there is taken. */
  rested(): void;
  /** Why nothing more comes; called once. */
  failed(why: string): void;
}

/** Messages that are asked for, or wait to be taken, at once. */
const WINDOW = 5_000;
/** Bytes that are asked for at once, while at most half as many wait to be taken. A larger message is asked for alone. */
const WINDOW_BYTES = 16 * 1024 * 1024;
const EXPIRES_MS = 5_000;
const HEARTBEAT_MS = 1_000;
/** How the broker ends a request that bounds bytes: the next message does not fit, or all messages came. */
const TOO_MUCH = '409 Message Size Exceeds MaxBytes';
const COMPLETED = '409 Batch Completed';

/**
 * Pulls from a consumer that acknowledges nothing, in beats: the broker sends at one go what was stored since the last
 * one, which costs both sides a fraction of what a standing request does. It waits where there is nothing, and sends
 * the first message at once. What is behind is pulled without a pause.
 */
export class Pulls {
  /** The consumer's number of the last delivery that was taken. */
  taken = 0;
  heardAt = performance.now();
  readonly #subject: string;
  readonly #inbox: string;
  readonly #subscription: Subscription;
  readonly #watch: NodeJS.Timeout;
  #beat: NodeJS.Timeout | undefined;
  #beganAt = Number.NEGATIVE_INFINITY;
  /** What was delivered when something was asked for last. */
  #before = 0;
  /** Asked for and not delivered. */
  #asked = 0;
  /** Bytes of what waits to be taken. */
  #bytes = 0;
  /** Not delivered when the last message was. */
  #pending = 0;
  #delivered = 0;
  #waiting: { readonly stored: Stored; readonly delivery: number }[] = [];
  #taking: Promise<void> | undefined;
  #isOver = false;

  constructor(
    private readonly broker: Broker,
    stream: string,
    consumer: string,
    private readonly pulled: Pulled,
  ) {
    const { client, names, inboxPrefix } = broker;
    this.#subject = names.nextSubject(stream, consumer);
    this.#inbox = createInbox(inboxPrefix);
    this.#subscription = client.subscribe(this.#inbox, {
      callback: (error, message) => (error === null ? this.#received(message) : this.#fail(error.message)),
    });
    this.#watch = setInterval(() => {
      if (this.#asked > 0 && performance.now() - this.heardAt > 2.5 * HEARTBEAT_MS)
        this.#fail('no heartbeat');
    }, HEARTBEAT_MS);
    this.#ask(WINDOW);
  }

  /** Resolves when what is being taken is taken; all else is dropped. */
  async stop(): Promise<void> {
    this.#isOver = true;
    clearInterval(this.#watch);
    clearTimeout(this.#beat);
    this.#waiting = [];
    this.#subscription.unsubscribe();
    await this.#taking;
  }

  #fail(why: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.pulled.failed(why);
  }

  #received(message: Msg): void {
    if (this.#isOver) return;
    this.heardAt = performance.now();
    const said = message.reply ? readAckSubject(message.reply) : undefined;
    if (said === undefined) this.#status(message);
    else this.#delivery(said, message);
  }

  #delivery({ stream, seq, delivery, storedAt, pending }: AckSubject, message: Msg): void {
    if (delivery !== this.#delivered + 1) {
      this.#fail(`delivery ${this.#delivered + 1} did not come`);
      return;
    }
    this.#delivered = delivery;
    this.#asked = Math.max(0, this.#asked - 1);
    this.#pending = pending;
    this.#bytes += sizeOf(message);
    this.#waiting.push({
      stored: { stream, seq, subject: message.subject, at: storedAt, message },
      delivery,
    });
    if (this.#taking === undefined) this.#takeOn();
  }

  /** A sign of life, or the end of a request: nothing was there (404), nothing came in time (408), or it is full. */
  #status({ headers }: Msg): void {
    const { code, description } = headers ?? { code: 0, description: 'an answer that is none' };
    const status = `${code} ${description}`.trim();
    if (code === 100 || status === COMPLETED) return;
    if (code !== 404 && code !== 408 && status !== TOO_MUCH) {
      this.#fail(status);
      return;
    }
    this.#asked = 0;
    if (status === TOO_MUCH && this.#delivered === this.#before) this.#ask(1);
    else this.#goOn();
  }

  #takeOn(): void {
    const waiting = this.#waiting;
    let at = 0;
    for (; at < waiting.length && !this.#isOver; at++) {
      const { stored, delivery } = waiting[at] as (typeof waiting)[number];
      this.#bytes -= sizeOf(stored.message);
      this.#taking = this.pulled.take(stored)?.then(() => {
        this.#taking = undefined;
        this.taken = delivery;
        if (!this.#isOver) this.#takeOn();
      });
      if (this.#taking !== undefined) break;
      this.taken = delivery;
    }
    waiting.splice(0, at + 1);
    if (this.#taking === undefined && !this.#isOver) this.#goOn();
  }

  /** Asks for what is known to be there as soon as half a window is taken, else at the next beat. */
  #goOn(): void {
    const held = this.#asked + this.#waiting.length;
    const more = Math.min(this.#pending - this.#asked, WINDOW - held);
    if (more > 0 && held <= WINDOW / 2 && this.#bytes <= WINDOW_BYTES / 2) {
      this.#ask(more);
      return;
    }
    if (held > 0 || this.#taking !== undefined || this.#beat !== undefined) return;
    this.pulled.rested();
    const wait = Math.max(0, this.#beganAt + BEAT_MS - performance.now());
    this.#beat = setTimeout(() => {
      this.#beat = undefined;
      if (this.#asked === 0) this.#ask(WINDOW);
    }, wait);
  }

  /** For what is there, once: without anything there, for the first message that comes. */
  #ask(batch: number): void {
    this.#asked += batch;
    this.#before = this.#delivered;
    this.#beganAt = this.heardAt = performance.now();
    const request = {
      batch,
      ...(batch > 1 && { max_bytes: WINDOW_BYTES }),
      no_wait: true,
      expires: nanos(EXPIRES_MS),
      idle_heartbeat: nanos(HEARTBEAT_MS),
    };
    this.broker.client.publish(this.#subject, JSON.stringify(request), { reply: this.#inbox });
  }
}
