import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type PostgresServer, startPostgres } from '@troupe/postgres';
import pg from 'pg';
import { persist } from './persist.ts';

/** The apps of the order system that have a database. */
export const OWNERS = ['payments', 'inventory', 'shipping'] as const;

/** A database for each app that has one, on one server. */
export class Databases {
  private constructor(private readonly server: PostgresServer) {}

  /**
   * @param owners the apps
   * @throws PostgresNotFoundError
   */
  static async start(folder: string, owners: readonly string[]): Promise<Databases> {
    const server = await startPostgres({ logFile: join(folder, 'postgres.log') });
    for (const owner of owners) await server.createDatabase(owner);
    return new Databases(server);
  }

  urlOf(owner: string): string {
    return this.server.urlOf(owner);
  }

  /** Kills the server as a crash does, and starts it again on the same data after a while. */
  async kill(awayMs: number): Promise<void> {
    await this.server.kill();
    await delay(awayMs);
    await this.server.restart();
  }

  async query<Row extends object>(owner: string, sql: string): Promise<Row[]> {
    return persist(async () => {
      const client = new pg.Client({ connectionString: this.urlOf(owner) });
      try {
        await client.connect();
        return (await client.query<Row>(sql)).rows;
      } finally {
        await client.end().catch(() => {});
      }
    });
  }

  stop(): Promise<void> {
    return this.server.stop();
  }
}
