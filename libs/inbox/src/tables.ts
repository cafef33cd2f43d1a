import type { Migration } from './migrations.ts';

/** Owner of the platform's own tables among the migrations; no app can be named so. */
export const PLATFORM = '@troupe/inbox';

/**
 * The platform's tables. A message is known by the hash of its source, its id and the step, since ids may be longer
 * than an index takes; the three stand beside it for people, cut.
 */
export const PLATFORM_MIGRATIONS: readonly Migration[] = [
  {
    name: '0001-inbox-and-outbox',
    sql: `
      CREATE TABLE troupe.inbox (
        key text PRIMARY KEY,
        step text NOT NULL,
        source text NOT NULL,
        id text NOT NULL,
        handled_at timestamptz NOT NULL DEFAULT now()
      );
      CREATE INDEX inbox_handled_at ON troupe.inbox (handled_at);
      CREATE TABLE troupe.outbox (
        seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        app text NOT NULL,
        key text NOT NULL,
        message_id text,
        subject text NOT NULL,
        headers bytea NOT NULL,
        payload bytea NOT NULL,
        due_at timestamptz NOT NULL
      );
      CREATE INDEX outbox_key ON troupe.outbox (key);
      CREATE INDEX outbox_due ON troupe.outbox (app, due_at);
    `,
  },
];
