export { PostgresNotFoundError, PostgresStartError } from './errors.ts';
export { type PostgresServer, type StartPostgresOptions, startPostgres } from './postgres-server.ts';
