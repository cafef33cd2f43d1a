import type { Logger } from '@troupe/jetstream';
import type { Database } from './database/database.ts';

const EVERY_MS = 600_000;
const BATCH = 1_000;

/** Forgets, in small batches, that messages were handled which can no longer come again. */
export class Purge {
  #timer: NodeJS.Timeout | undefined;
  #turn: Promise<void> = Promise.resolve();
  #stopped = false;

  /** @param app forgets for its own steps alone: others of the same database may keep longer */
  constructor(
    private readonly database: Database,
    private readonly app: string,
    private readonly keepDays: number,
    private readonly log: Logger,
  ) {}

  /** Begins now, and again every 10 minutes. */
  start(): void {
    this.#turn = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#turn;
  }

  async #run(): Promise<void> {
    try {
      while (!this.#stopped && (await purgeBatch(this.database, this.app, this.keepDays)) === BATCH);
    } catch (error) {
      this.log.warn({ err: error }, 'old rows of the inbox could not be removed; trying again later');
    }
    if (this.#stopped) return;
    this.#timer = setTimeout(() => this.start(), EVERY_MS);
    this.#timer.unref();
  }
}

/** Removes the oldest rows that are over the time, a thousand at most; never one whose outputs are not published. */
export async function purgeBatch(database: Database, app: string, keepDays: number): Promise<number> {
  const removed = await database.query(
    `DELETE FROM troupe.inbox WHERE key IN (
       SELECT key FROM troupe.inbox i
       WHERE handled_at < now() - make_interval(days => $1) AND starts_with(step, $2)
         AND NOT EXISTS (SELECT FROM troupe.outbox o WHERE o.key = i.key)
       ORDER BY handled_at LIMIT $3 FOR UPDATE SKIP LOCKED
     ) RETURNING key`,
    [keepDays, `${app}__`, BATCH],
  );
  return removed.length;
}
