import { setTimeout as delay } from 'node:timers/promises';
import { type Consumer, type ConsumerMessages, DeliverPolicy, type JsMsg } from '@nats-io/jetstream';
import type { Broker } from './broker.ts';

/** Takes what was read; the reader asks for more when it resolves. */
export type Taker = (message: JsMsg) => Promise<void> | void;

const PULLED = 5_000;
const EXPIRES_MS = 5_000;
const HEARTBEAT_MS = 1_000;
/** After which the broker drops a consumer whose ledger was killed. */
const INACTIVE_MS = 30_000;
const AGAIN_MS = 500;
/** Silence after which the broker is asked whether there is anything left. */
const SILENCE_MS = 200;

/**
 * Reads a stream from one sequence on, for ever and in order. Its consumer is ephemeral and acknowledges nothing: it
 * holds back no message and leaves nothing behind.
 */
export class Reader {
  /** Everything up to here was given to the taker. */
  upto: number;
  #heardAt = 0;
  /** The consumer's number of the last delivery that was taken; undefined while one is in the taker's hands. */
  #delivery: number | undefined = 0;
  #consumer: Consumer | undefined;
  #messages: ConsumerMessages | undefined;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;

  constructor(
    private readonly broker: Broker,
    readonly stream: string,
    after: number,
    private readonly take: Taker,
  ) {
    this.upto = after;
    this.#running = this.#run();
  }

  /**
   * Whether everything up to a sequence was read. The last messages of a stream may be gone (a schedule that fired, a
   * purge): when nothing comes, the broker is asked whether there is any, and whether all that it delivered was taken.
   */
  async hasRead(seq: number): Promise<boolean> {
    if (this.upto >= seq) return true;
    const { upto } = this;
    if (this.#consumer === undefined || performance.now() - this.#heardAt < SILENCE_MS) return false;
    this.#heardAt = performance.now();
    const info = await this.#consumer.info().catch(() => undefined);
    const delivered = info?.delivered.consumer_seq ?? 0; // 0 again when the client made its consumer anew
    const isTaken = this.#delivery !== undefined && (delivered === 0 || delivered === this.#delivery);
    if (info?.num_pending === 0 && isTaken && this.upto === upto) this.upto = seq;
    return this.upto >= seq;
  }

  /** Resolves when what is in the taker's hands is taken. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#messages?.close();
    await this.#running;
    await this.#consumer?.delete().catch(() => {}); // it ends by itself too
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#read();
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        const { stream } = this;
        this.broker.log.warn({ err: error, stream }, `cannot read ${stream} now; trying again`);
      }
      await delay(AGAIN_MS, undefined, { signal: this.#stop.signal }).catch(() => {});
    }
  }

  async #read(): Promise<void> {
    this.#consumer = await this.broker.jetstream.consumers.get(this.stream, {
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: this.upto + 1,
      inactive_threshold: INACTIVE_MS,
    });
    this.#delivery = 0;
    if (this.#stop.signal.aborted) return;
    const messages = await this.#consumer.consume({
      max_messages: PULLED,
      expires: EXPIRES_MS,
      idle_heartbeat: HEARTBEAT_MS,
    });
    this.#messages = messages;
    void this.#watch(messages);
    for await (const message of messages) {
      this.#heardAt = performance.now();
      // What is not beyond was read before, by a consumer that was made anew since.
      if (message.seq > this.upto) {
        this.#delivery = undefined;
        await this.take(message);
        this.upto = message.seq;
      }
      this.#delivery = message.info.deliverySequence;
      if (this.#stop.signal.aborted) return;
    }
  }

  /** A consumer that fell silent for good is left. */
  async #watch(messages: ConsumerMessages): Promise<void> {
    let missed = 0;
    for await (const { type } of messages.status()) {
      if (type === 'heartbeats_missed') missed++;
      if (missed > 3 || type === 'stream_not_found') messages.stop();
    }
  }
}
