import type { JetStreamManager } from '@nats-io/jetstream';
import type { Logger } from '../logger.ts';
import { type OutgoingMessage, payloadDigest } from './message.ts';
import type { PubAck } from './puback.ts';

const AT_ONCE = 8;
const LONGEST_QUEUE = 10_000;

/** A message that the stream took for a duplicate of the one at `stream`/`seq`. */
export interface Suspect {
  readonly subject: string;
  readonly messageId: string | undefined;
  readonly stream: string;
  readonly seq: number;
}

/** The part of the broker's API that reads what a stream holds. */
interface StoredMessages {
  readonly direct: Pick<JetStreamManager['direct'], 'getMessage'>;
}

/** Told of a suspect that is no duplicate: the stream holds another payload or subject under its id. */
export type DifferenceListener = (suspect: Suspect) => void;

/**
 * Message ids are unique per stream, not per subject: a wrong or predicted id silently suppresses a message. So
 * each acknowledgement that says "duplicate" is checked against what the stream holds, off the path. What cannot
 * be checked (the stored message is gone, the broker is away, too many wait) is counted and said once.
 */
export class DuplicateCheck {
  /** Digests instead of payloads, so that the queue stays small. */
  readonly #queue: { suspect: Suspect; digest: string }[] = [];
  #running = 0;
  #unchecked = 0;
  #closed = false;

  constructor(
    private readonly manager: StoredMessages,
    private readonly log: Logger,
    private readonly onDifference: DifferenceListener,
    private readonly longestQueue = LONGEST_QUEUE,
  ) {}

  check({ subject, messageId, payload }: OutgoingMessage, { stream, seq }: PubAck): void {
    if (this.#closed) return;
    if (this.#queue.length >= this.longestQueue) {
      this.#unchecked++;
      return;
    }
    this.#queue.push({ suspect: { subject, messageId, stream, seq }, digest: payloadDigest(payload) });
    if (this.#running < AT_ONCE) void this.#run();
  }

  /** Forgets what waits to be checked. */
  close(): void {
    this.#closed = true;
    this.#queue.length = 0;
  }

  async #run(): Promise<void> {
    this.#running++;
    for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift())
      await this.#compare(next.suspect, next.digest);
    if (--this.#running === 0) this.#report();
  }

  async #compare(suspect: Suspect, digest: string): Promise<void> {
    const { stream, seq } = suspect;
    try {
      const stored = await this.manager.direct.getMessage(stream, { seq });
      if (stored === null) this.#unchecked++;
      else if (stored.subject !== suspect.subject || payloadDigest(stored.data) !== digest)
        this.onDifference(suspect);
    } catch (error) {
      this.#unchecked++;
      this.log.debug({ err: error, ...suspect }, 'a duplicate could not be compared with what is stored');
    }
  }

  #report(): void {
    if (this.#unchecked === 0 || this.#closed) return;
    this.log.warn(
      { unchecked: this.#unchecked },
      `${this.#unchecked} duplicates were not compared with what is stored`,
    );
    this.#unchecked = 0;
  }
}
