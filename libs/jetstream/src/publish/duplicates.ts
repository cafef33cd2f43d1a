import type { JetStreamManager } from '@nats-io/jetstream';
import type { Logger } from '../logger.ts';
import { type OutgoingMessage, payloadDigest } from './message.ts';
import type { PubAck } from './puback.ts';

const AT_ONCE = 8;
const LONGEST_QUEUE = 10_000;

/** A message that the stream took for a duplicate, though it holds another payload under the same id. */
export type DifferenceListener = (message: OutgoingMessage, ack: PubAck) => void;

/**
 * Message ids are unique per stream, not per subject: a wrong or predicted id silently suppresses a message. So
 * each acknowledgement that says "duplicate" is checked against what the stream holds, off the path.
 */
export class DuplicateCheck {
  readonly #queue: [OutgoingMessage, PubAck][] = [];
  #running = 0;
  #unchecked = 0;

  constructor(
    private readonly manager: JetStreamManager,
    private readonly log: Logger,
    private readonly onDifference: DifferenceListener,
  ) {}

  check(message: OutgoingMessage, ack: PubAck): void {
    if (this.#queue.length >= LONGEST_QUEUE) {
      if (this.#unchecked++ === 0)
        this.log.warn({}, `over ${LONGEST_QUEUE} duplicates wait to be compared; some are not`);
      return;
    }
    this.#queue.push([message, ack]);
    if (this.#running < AT_ONCE) void this.#run();
  }

  async #run(): Promise<void> {
    this.#running++;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift())
      await this.#compare(...next);
    this.#running--;
  }

  async #compare(message: OutgoingMessage, ack: PubAck): Promise<void> {
    try {
      const stored = await this.manager.direct.getMessage(ack.stream, { seq: ack.seq });
      const same =
        stored !== null &&
        stored.subject === message.subject &&
        payloadDigest(stored.data) === payloadDigest(message.payload);
      if (!same) this.onDifference(message, ack);
    } catch (error) {
      this.log.warn(
        { err: error, stream: ack.stream, seq: ack.seq },
        'a duplicate could not be compared with what is stored',
      );
    }
  }
}
