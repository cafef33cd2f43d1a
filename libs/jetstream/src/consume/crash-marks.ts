import type { JetStreamManager } from '@nats-io/jetstream';
import type { Logger } from '../logger.ts';
import { headerBlock } from '../publish/message.ts';
import type { Publisher } from '../publish/publisher.ts';
import type { Work } from './work.ts';

/** What is written about one message while it is handled. */
export interface CrashMark {
  /** Takes it away; resolves when it is gone, or cannot be removed now. Never rejects. */
  remove(): Promise<void>;
}

const WRITE_TIMEOUT_MS = 5_000;
const NO_HEADERS = headerBlock([]);

/**
 * The marks on messages that are handled a second time, in a bucket of the app. A mark is written before its message
 * is begun and removed once that is answered: one that is still there when the message comes again says that the
 * process which handled it died meanwhile. It is read from the bucket's leader, and removed without a trace.
 */
export class CrashMarks {
  readonly #removals = new Set<Promise<void>>();

  constructor(
    private readonly bucket: string,
    private readonly manager: JetStreamManager,
    private readonly publisher: Publisher,
    private readonly isConnected: () => boolean,
    private readonly log: Logger,
  ) {}

  /** How often a process died while it handled the message, as far as is known: the first time leaves no mark. */
  async deaths(work: Work): Promise<number> {
    const entry = await this.manager.streams.getMessage(this.#stream, { last_by_subj: this.#subject(work) });
    return entry === null || entry.data.length === 0 ? 0 : countOf(entry.data);
  }

  /**
   * Marks the message as being handled, after so many deaths.
   * @throws an error of the publisher when the mark is not known to be stored
   */
  async write(work: Work, deaths: number): Promise<CrashMark> {
    const subject = this.#subject(work);
    const payload = Buffer.from(JSON.stringify({ deaths: deaths + 1, at: new Date().toISOString() }));
    const message = { subject, messageId: undefined, headers: NO_HEADERS, payload };
    const { seq } = await this.publisher.publish(message, WRITE_TIMEOUT_MS);
    return { remove: () => this.#remove(subject, seq) };
  }

  /** Removes whatever mark the message has. */
  clear(work: Work): Promise<void> {
    return this.#remove(this.#subject(work));
  }

  /** Resolves when no removal is under way. */
  async removed(): Promise<void> {
    while (this.#removals.size > 0) await Promise.all(this.#removals);
  }

  #remove(subject: string, seq?: number): Promise<void> {
    const removal = this.#purge(subject, seq).finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
    return removal;
  }

  /** Up to `seq`, so that what another instance wrote since stays. */
  async #purge(filter: string, seq?: number): Promise<void> {
    if (!this.isConnected()) return;
    try {
      await this.manager.streams.purge(
        this.#stream,
        seq === undefined ? { filter } : { filter, seq: seq + 1 },
      );
    } catch (error) {
      this.log.warn(
        { err: error, mark: filter },
        'a crash mark stays: its message is handled alone if it comes again',
      );
    }
  }

  get #stream(): string {
    return `KV_${this.bucket}`;
  }

  /** The time tells it from a message of that number in a stream that was made anew. */
  #subject({ key, delivery }: Work): string {
    return `$KV.${this.bucket}.${key.replace('/', '.')}.${Math.trunc(delivery.info.publishedAt)}`;
  }
}

function countOf(payload: Uint8Array): number {
  try {
    const { deaths } = JSON.parse(Buffer.from(payload).toString()) as { deaths?: unknown };
    return Number.isSafeInteger(deaths) ? Number(deaths) : 1;
  } catch {
    return 1; // somebody else's, but a mark
  }
}
