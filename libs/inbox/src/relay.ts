import type { Outlet } from '@troupe/jetstream';
import type { Outbox } from './outbox.ts';

const EVERY_MS = 1_000;
const AT_ONCE = 100;
const REMIND_MS = 10_000;

/**
 * Publishes what was committed and then left behind: by a process that died, or by a step that the broker did not
 * answer. Any number may run on one database; a message that two of them publish all the same is one to its stream.
 */
export class Relay {
  readonly #published = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #removal: Promise<void> = Promise.resolve();
  #isRemoving = false;
  #stopped = false;
  #remindedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly outbox: Outbox,
    private readonly outlet: Pick<Outlet, 'log' | 'isConnected' | 'publish'>,
  ) {}

  /** Relays now, and again every second. */
  start(): void {
    this.#running = this.#run();
  }

  /** Publishes all that is left behind now, as far as the broker takes it. */
  async turn(): Promise<void> {
    try {
      if (!this.#isRemoving) this.#removal = this.#remove(); // what could not be removed before
      let more = true;
      while (more && !this.#stopped && this.outlet.isConnected()) more = await this.#relay();
    } catch (error) {
      this.#remind(error, 'the outbox cannot be read');
    }
  }

  /** All that the message caused is stored: it leaves the outbox soon, together with others. */
  published(key: string): void {
    this.#published.add(key);
    if (!this.#isRemoving) this.#removal = this.#remove();
  }

  /** Resolves when nothing is under way any more. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#running;
    await this.#removal;
  }

  async #run(): Promise<void> {
    await this.turn();
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.start(), EVERY_MS);
    this.#timer.unref();
  }

  /** Whether there may be more. What is not stored stays, and is left behind again after its lease. */
  async #relay(): Promise<boolean> {
    const messages = await this.outbox.claim(AT_ONCE);
    if (messages.length === 0) return false;
    const ends = await Promise.allSettled(messages.map((message) => this.outlet.publish(message)));
    const done = messages.filter((_, i) => ends[i]?.status === 'fulfilled').map(({ seq }) => seq);
    if (done.length > 0) {
      await this.outbox.remove(done);
      this.outlet.log.info({ messages: done.length }, `published ${done.length} messages of the outbox`);
    }
    const failed = ends.find((end) => end.status === 'rejected');
    if (failed !== undefined) this.#remind(failed.reason, 'messages of the outbox are not stored yet');
    return messages.length === AT_ONCE && failed === undefined;
  }

  /** What cannot be removed now is tried with the next ones; published twice, it is one to its stream. */
  async #remove(): Promise<void> {
    this.#isRemoving = true;
    while (this.#published.size > 0) {
      const keys = [...this.#published];
      try {
        await this.outbox.removeOf(keys);
      } catch (error) {
        this.#remind(error, 'published messages cannot leave the outbox');
        break;
      }
      for (const key of keys) this.#published.delete(key);
    }
    this.#isRemoving = false;
  }

  #remind(error: unknown, message: string): void {
    const now = performance.now();
    if (now - this.#remindedAt < REMIND_MS) return;
    this.#remindedAt = now;
    this.outlet.log.warn({ err: error }, message);
  }
}
