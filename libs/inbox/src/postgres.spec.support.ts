import { PostgresNotFoundError, type PostgresServer, startPostgres } from '@troupe/postgres';

/** A PostgreSQL, or the reason why there is none. */
export function tryPostgres(): Promise<PostgresServer | string> {
  return startPostgres().catch((error: unknown) => {
    if (error instanceof PostgresNotFoundError) return error.message;
    throw error;
  });
}
