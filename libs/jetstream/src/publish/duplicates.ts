import { setTimeout as delay } from 'node:timers/promises';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { Logger } from '../logger.ts';
import { type OutgoingMessage, payloadDigest } from './message.ts';
import type { PubAck } from './puback.ts';

const AT_ONCE = 8;
const LONGEST_QUEUE = 10_000;
/** How long a copy of the stream may be behind. */
const BEHIND_MS = 2_000;

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

/**
 * What may be read: each message of each stream; or of one stream, `lastOf`, what was stored last on the subjects that the
 * app publishes on. That is what least privilege leaves: a duplicate in another stream, and one that another message of
 * its subject followed, cannot be compared then.
 */
export type Reach = 'streams' | { readonly lastOf: string };

type Verdict = 'same' | 'different' | 'unknown';

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
    private readonly reach: Reach = 'streams',
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
    try {
      const verdict = await this.#verdict(suspect, digest);
      if (verdict === 'unknown') this.#unchecked++;
      else if (verdict === 'different') this.onDifference(suspect);
    } catch (error) {
      this.#unchecked++;
      this.log.debug({ err: error, ...suspect }, 'a duplicate could not be compared with what is stored');
    }
  }

  async #verdict(suspect: Suspect, digest: string): Promise<Verdict> {
    if (this.reach === 'streams') return this.#bySeq(suspect, digest);
    // To ask all the same would be an error in the log: the broker tells of what it denies.
    return suspect.stream === this.reach.lastOf ? this.#last(suspect, digest) : 'unknown';
  }

  async #bySeq({ subject, stream, seq }: Suspect, digest: string): Promise<Verdict> {
    const stored = await this.manager.direct.getMessage(stream, { seq });
    if (stored === null) return 'unknown';
    return stored.subject === subject && payloadDigest(stored.data) === digest ? 'same' : 'different';
  }

  /** When the subject has nothing as young as the duplicate, that one stands on another. */
  async #last(suspect: Suspect, digest: string, isSecond = false): Promise<Verdict> {
    const { subject, stream, seq } = suspect;
    const last = await this.manager.direct.getMessage(stream, { last_by_subj: subject });
    if (last?.seq === seq) return payloadDigest(last.data) === digest ? 'same' : 'different';
    if (last !== null && last.seq > seq) return 'unknown';
    if (isSecond) return 'different';
    await delay(BEHIND_MS);
    return this.#last(suspect, digest, true);
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
