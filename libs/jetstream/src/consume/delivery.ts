import type { Msg } from '@nats-io/nats-core';
import type { Answers } from './answers.ts';
import type { CrashMark } from './crash-marks.ts';
import { escapedHeaders, headerEntries, headerText, headerValue } from './header-block.ts';

const ACK = Buffer.from('+ACK');
const NAK = Buffer.from('-NAK');
const WORKING = Buffer.from('+WPI');
const NANOS = 1_000_000;

/** What the broker says of a delivery, read from its reply subject. */
interface DeliveryInfo {
  readonly stream: string;
  readonly consumer: string;
  /** Times this message was handed out; not a count of attempts. */
  readonly deliveries: number;
  readonly seq: number;
  /** When the stream stored the message, ms since the epoch. */
  readonly publishedAt: number;
}

/** One message handed out by a durable consumer, and the answers to it: one that is final, whichever comes first. */
export class Delivery {
  #info: DeliveryInfo | undefined;
  #reply: string;
  #headerBlock: string | undefined;
  #isReadable = true;
  #answered = false;
  #mark: CrashMark | undefined;
  /** When this process got it, or last told the broker that it is still held (`performance.now()`). */
  renewedAt: number = performance.now();

  constructor(
    private readonly answers: Answers,
    readonly message: Msg,
    /** It came back to this step through the app's own stream: its `x-` headers are the platform's. */
    readonly comesBack: boolean,
  ) {
    this.#reply = message.reply ?? '';
  }

  get subject(): string {
    return this.message.subject;
  }

  get payload(): Uint8Array {
    return this.message.data;
  }

  get info(): DeliveryInfo {
    this.#info ??= readInfo(this.#reply);
    return this.#info;
  }

  /** The bytes of its headers are text. */
  get isReadable(): boolean {
    this.#block();
    return this.#isReadable;
  }

  /** The first header of this name, whatever its case. */
  header(name: string): string | undefined {
    return headerValue(this.#block(), name);
  }

  /** A header that the platform gave a copy; what a foreign message calls so means nothing. */
  carried(name: string): string | undefined {
    return this.comesBack ? this.header(name) : undefined;
  }

  /** All headers, by name as written. */
  headers(): [name: string, values: string[]][] {
    return headerEntries(this.#block());
  }

  #block(): string {
    this.#headerBlock ??= headerText(this.message) ?? this.#unreadable();
    return this.#headerBlock;
  }

  #unreadable(): string {
    this.#isReadable = false;
    return escapedHeaders(this.message);
  }

  /** The broker handed the same message out again while this process still holds it: answer there. */
  replaceBy(later: Delivery): void {
    this.#reply = later.#reply;
    this.#info = undefined;
    this.renewedAt = performance.now();
  }

  /** What was written about the message while it is handled; it goes with the answer. */
  marked(mark: CrashMark): void {
    this.#mark = mark;
  }

  /** Done: the step never sees it again. */
  ack(): void {
    this.#end(ACK);
  }

  /** Back to the broker, to be handed out again after `delayMs` (at once when 0). */
  nak(delayMs = 0): void {
    if (this.#answered) return;
    this.#answered = true;
    const answer = delayMs > 0 ? `-NAK {"delay": ${Math.round(delayMs * NANOS)}}` : NAK;
    if (this.#mark === undefined) this.answers.send(this.#reply, answer);
    // Whoever gets it next would take the mark for a death.
    else void this.#mark.remove().then(() => this.answers.send(this.#reply, answer));
  }

  /** Never to be handed out again. */
  term(reason: string): void {
    this.#end(`+TERM ${reason}`);
  }

  /** Still being worked on: the ack wait begins anew. */
  working(): void {
    if (this.#answered) return;
    this.renewedAt = performance.now();
    this.answers.send(this.#reply, WORKING);
  }

  #end(answer: Uint8Array | string): void {
    if (this.#answered) return;
    this.#answered = true;
    this.answers.send(this.#reply, answer);
    if (this.#mark !== undefined) void this.#mark.remove();
  }
}

/** `$JS.ACK.[<domain>.<account>.]<stream>.<consumer>.<deliveries>.<seq>.<consumer seq>.<time>.<pending>[.<random>]` */
function readInfo(reply: string): DeliveryInfo {
  const tokens = reply.split('.');
  const at = tokens.length === 9 ? 2 : 4;
  return {
    stream: tokens[at] ?? '',
    consumer: tokens[at + 1] ?? '',
    deliveries: Number(tokens[at + 2]),
    seq: Number(tokens[at + 3]),
    publishedAt: Number(tokens[at + 5]) / NANOS,
  };
}
