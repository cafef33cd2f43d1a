import {
  type Effects,
  type EffectsKey,
  EffectsUnavailableError,
  idempotencyKey,
  type OutgoingMessage,
  type Outlet,
} from '@troupe/jetstream';
import { Alone } from './alone.ts';
import type { Database, Transaction } from './database/database.ts';
import { type Migration, migrate } from './migrations.ts';
import { Outbox } from './outbox.ts';
import { Purge } from './purge.ts';
import { Relay } from './relay.ts';

/** What an inbox is besides its database. */
export interface InboxOptions {
  /** Name of the app. */
  readonly app: string;
  /** The app's own tables, applied once and in order before the first message. Default: none. */
  readonly migrations?: readonly Migration[];
  /**
   * How long it is known that a message was handled, in days. A message that comes again later is handled again, so
   * this must be longer than streams and dead letters are kept. Default 90.
   */
  readonly keepDays?: number;
}

const KEEP_DAYS = 90;
const LONGEST_NAME = 256;

/**
 * Database effects that happen once for each message and step, however often it is delivered: the row that says
 * "handled", the handler's writes and its outputs commit together, and the outputs are published after that, by the
 * step or, when the process died, by whoever runs next.
 */
export class Inbox implements Effects<Transaction> {
  readonly #options: InboxOptions;
  readonly #outbox: Outbox;
  #prepared: Promise<void> | undefined;
  #alone: Alone | undefined;
  #relay: Relay | undefined;
  #purge: Purge | undefined;
  #closed: Promise<void> | undefined;

  /** @param database the app's own or a shared one; also for reading outside of steps. Closed with the inbox. */
  constructor(
    readonly database: Database,
    options: InboxOptions,
  ) {
    this.#options = options;
    this.#outbox = new Outbox(database, options.app);
  }

  get problem(): string | undefined {
    return this.#alone?.rival?.message ?? this.database.problem;
  }

  async open(outlet: Outlet): Promise<void> {
    const { app, keepDays = KEEP_DAYS } = this.#options;
    if (this.#alone === undefined) {
      this.#alone = new Alone(outlet, this.database.shared);
      await this.#alone.listen();
    }
    await this.prepare();
    this.#alone.establish();
    if (!this.database.shared) await this.#outbox.expireLeases(); // only this process publishes from it
    if (this.#closed !== undefined) return; // meanwhile
    this.#relay = new Relay(this.#outbox, outlet);
    this.#relay.start();
    this.#purge = new Purge(this.database, app, keepDays, outlet.log);
    this.#purge.start();
    outlet.log.info(
      { database: this.database.where },
      `effects are kept in a database: ${this.database.where}`,
    );
  }

  /**
   * Opens the database and makes the tables, once; the first message does it too.
   * @throws EffectsUnavailableError, MigrationError, FolderTakenError
   */
  prepare(): Promise<void> {
    this.#prepared ??= this.#prepare().catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    return this.#prepared;
  }

  async process(
    key: EffectsKey,
    work: (transaction: Transaction) => Promise<readonly OutgoingMessage[]>,
  ): Promise<readonly OutgoingMessage[]> {
    const rival = this.#alone?.rival;
    if (rival !== undefined) throw new EffectsUnavailableError(rival.message, { cause: rival });
    await this.prepare();
    const hash = keyOf(key);
    return this.database.transaction(async (transaction) => {
      if (!(await isFirst(transaction, key, hash))) return this.#outbox.take(transaction, hash);
      const messages = await work(transaction);
      await this.#outbox.add(transaction, hash, messages);
      return messages;
    });
  }

  published(key: EffectsKey): void {
    this.#relay?.published(keyOf(key));
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #prepare(): Promise<void> {
    const { app, migrations = [] } = this.#options;
    await this.database.open();
    await migrate(this.database, app, migrations);
  }

  async #close(): Promise<void> {
    await Promise.all([this.#relay?.stop(), this.#purge?.stop()]);
    this.#alone?.stop();
    await this.database.close();
  }
}

function keyOf({ source, id, step }: EffectsKey): string {
  return idempotencyKey(source, id, step);
}

/** Of two deliveries at once the second waits here, until it is known what became of the first. */
async function isFirst(
  transaction: Transaction,
  { step, source, id }: EffectsKey,
  hash: string,
): Promise<boolean> {
  const rows = await transaction.query(
    `INSERT INTO troupe.inbox (key, step, source, id) VALUES ($1, $2, $3, $4)
     ON CONFLICT (key) DO NOTHING RETURNING key`,
    [hash, step, readable(source), readable(id)],
  );
  return rows.length > 0;
}

/** Strangers name themselves as they like; PostgreSQL's text takes no NUL. */
function readable(text: string): string {
  return text.slice(0, LONGEST_NAME).toWellFormed().replaceAll('\0', '\uFFFD');
}
