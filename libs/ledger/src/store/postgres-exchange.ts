import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import type { Exchange, Session } from './database.ts';

const CHANNEL = 'troupe_ledger';
const CONNECT_MS = 5_000;
const AGAIN_MS = 1_000;

/** LISTEN and NOTIFY, on a connection of its own that is made again when it is lost. */
export class PostgresExchange implements Exchange {
  readonly #stop = new AbortController();
  #listening: Promise<void> | undefined;

  constructor(private readonly url: string) {}

  async tell(session: Session, text: string): Promise<void> {
    await session.all('SELECT pg_notify($1, $2)', [CHANNEL, text]);
  }

  listen(heard: (text: string) => void): void {
    this.#listening ??= this.#listen(heard);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#listening;
  }

  async #listen(heard: (text: string) => void): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.#hear(heard).catch(() => {}); // whoever writes to the database says what is wrong with it
      await delay(AGAIN_MS, undefined, { signal }).catch(() => {});
    }
  }

  /** Resolves when the connection ends. */
  async #hear(heard: (text: string) => void): Promise<void> {
    const client = new pg.Client({
      connectionString: this.url,
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      application_name: 'troupe-ledger',
    });
    const ended = new Promise<void>((resolve) => {
      client.on('error', () => resolve());
      client.on('end', () => resolve());
      this.#stop.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    client.on('notification', ({ payload = '' }) => heard(payload));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
      await ended;
    } finally {
      await client.end().catch(() => {}); // it ended by itself
    }
  }
}
