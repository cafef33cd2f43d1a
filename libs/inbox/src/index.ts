export type { Behaviour } from './conformance/behaviour.ts';
export { inboxConformance } from './conformance/conformance.ts';
export type { Database, Row, Session, Transaction } from './database/database.ts';
export { embeddedDatabase, IN_MEMORY } from './database/embedded.ts';
export { postgresDatabase } from './database/postgres.ts';
export {
  FolderTakenError,
  InstanceRunningError,
  MigrationError,
  TransactionFailedError,
  TransactionOverError,
} from './errors.ts';
export { InboxModule, type InboxModuleOptions } from './inbox.module.ts';
export { Inbox, type InboxOptions } from './inbox.ts';
export type { Migration } from './migrations.ts';
