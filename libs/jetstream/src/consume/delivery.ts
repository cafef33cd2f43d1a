import type { Msg } from '@nats-io/nats-core';
import type { NatsConnection } from '@nats-io/transport-node';
import { headerBlockOf, headerEntries, headerValue } from './header-block.ts';

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

/** One message handed out by a durable consumer, and the four answers to it. */
export class Delivery {
  #info: DeliveryInfo | undefined;
  #reply: string;
  #headerBlock: string | undefined;
  /** When this process got it, or last told the broker that it is still held (`performance.now()`). */
  renewedAt: number = performance.now();

  constructor(
    private readonly client: NatsConnection,
    readonly message: Msg,
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

  /** The first header of this name, whatever its case. */
  header(name: string): string | undefined {
    return headerValue(this.#block(), name);
  }

  /** All headers, by name as written. */
  headers(): [name: string, values: string[]][] {
    return headerEntries(this.#block());
  }

  #block(): string {
    this.#headerBlock ??= headerBlockOf(this.message);
    return this.#headerBlock;
  }

  /** The broker handed the same message out again while this process still holds it: answer there. */
  replaceBy(later: Delivery): void {
    this.#reply = later.#reply;
    this.#info = undefined;
    this.renewedAt = performance.now();
  }

  /** Done: the step never sees it again. */
  ack(): void {
    this.client.publish(this.#reply, ACK);
  }

  /** Back to the broker, to be handed out again after `delayMs` (at once when 0). */
  nak(delayMs = 0): void {
    this.client.publish(this.#reply, delayMs > 0 ? `-NAK {"delay": ${Math.round(delayMs * NANOS)}}` : NAK);
  }

  /** Still being worked on: the ack wait begins anew. */
  working(): void {
    this.renewedAt = performance.now();
    this.client.publish(this.#reply, WORKING);
  }

  /** Never to be handed out again. */
  term(reason: string): void {
    this.client.publish(this.#reply, `+TERM ${reason}`);
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
