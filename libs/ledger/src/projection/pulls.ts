import { createInbox, type Msg, type Subscription } from '@nats-io/nats-core';
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
const EXPIRES_MS = 5_000;
const HEARTBEAT_MS = 1_000;
const NANOS = 1_000_000;

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
  /** Asked for and not delivered. */
  #asked = 0;
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
    this.#waiting.push({
      stored: { stream, seq, subject: message.subject, at: storedAt, message },
      delivery,
    });
    if (this.#taking === undefined) this.#takeOn();
  }

  /** A sign of life, or the end of a request: nothing was there any more (404), or came in time (408). */
  #status({ headers }: Msg): void {
    const { code, description } = headers ?? { code: 0, description: 'an answer that is none' };
    if (code === 100) return;
    if (code !== 404 && code !== 408) {
      this.#fail(`${code} ${description}`.trim());
      return;
    }
    this.#asked = 0;
    this.#goOn();
  }

  #takeOn(): void {
    const waiting = this.#waiting;
    let at = 0;
    for (; at < waiting.length && !this.#isOver; at++) {
      const { stored, delivery } = waiting[at] as (typeof waiting)[number];
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

  /** Asks for what is known to be there as soon as there is room for half a window of it, else at the next beat. */
  #goOn(): void {
    const held = this.#asked + this.#waiting.length;
    const more = Math.min(this.#pending - this.#asked, WINDOW - held);
    if (more > 0 && held <= WINDOW / 2) {
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
    this.#beganAt = this.heardAt = performance.now();
    this.broker.client.publish(
      this.#subject,
      `{"batch":${batch},"no_wait":true,"expires":${EXPIRES_MS * NANOS},"idle_heartbeat":${HEARTBEAT_MS * NANOS}}`,
      { reply: this.#inbox },
    );
  }
}
