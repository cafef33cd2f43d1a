import { setTimeout as delay } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { prune } from '@troupe/jetstream';
import { Runtime } from '@troupe/nest';
import { CONSOLE_SETTINGS, type ConsoleSettings } from './settings.ts';

const HOUR_MS = 3_600_000;
/** A prune that failed is tried again sooner: the broker may be away, or have no streams yet. */
const TRY_AGAIN_MS = 60_000;

/**
 * Prunes all streams at the start and every hour, when a retention time is set, and logs what it did and what holds it back.
 * Several consoles may do so at once.
 */
@Injectable()
export class Retention implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #log = new Logger(Retention.name);
  readonly #stop = new AbortController();

  constructor(
    private readonly runtime: Runtime,
    @Inject(CONSOLE_SETTINGS)
    private readonly settings: Pick<ConsoleSettings, 'retentionMs' | 'choreography'>,
  ) {}

  onApplicationBootstrap(): void {
    const { retentionMs } = this.settings;
    if (retentionMs !== undefined) void this.#keepPruning(retentionMs);
  }

  /** Begins no other prune; one that is under way ends, or fails, with the connection. */
  onApplicationShutdown(): void {
    this.#stop.abort();
  }

  async #keepPruning(olderThanMs: number): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      const done = await this.#prune(olderThanMs);
      await delay(done ? HOUR_MS : TRY_AGAIN_MS, undefined, { signal }).catch(() => {});
    }
  }

  async #prune(olderThanMs: number): Promise<boolean> {
    const { connection, names } = this.runtime;
    const steps = this.settings.choreography?.apps.flatMap((app) => app.steps);
    try {
      for (const { stream, messages, heldBy } of await prune(connection, names, { olderThanMs, steps })) {
        if (messages > 0) this.#log.log(`purged ${messages} messages of ${stream}`);
        for (const { sentence } of heldBy) this.#log.warn(`old messages of ${stream} stay: ${sentence}`);
      }
      return true;
    } catch (error) {
      if (this.#stop.signal.aborted) return false;
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.error(`not all was pruned; it is tried again: ${reason}`);
      return false;
    }
  }
}
