import type { ConnectionOptions, StreamSettings, TopologyMode } from '@troupe/jetstream';
import { type Environment, readVariables } from '@troupe/settings';
import { APP_VARIABLES } from './variables.ts';

/** What the environment says about an app; docs/reference/configuration.md has the table. */
export interface Settings {
  /** `NATS_URL`: one or more servers with commas between them. */
  readonly servers?: string | undefined;
  /** `NATS_NKEY_FILE`: seed of the nkey that the app logs on with. */
  readonly keyFile?: string | undefined;
  /** `NATS_CA_FILE`: certificates that the broker's must be signed by. */
  readonly caFile?: string | undefined;
  /** `TROUPE_API_PREFIX`: where an account that has no streams of its own reaches the JetStream API. */
  readonly apiPrefix?: string | undefined;
  /** `TROUPE_PREFIX` */
  readonly prefix?: string | undefined;
  /** `TROUPE_TOPOLOGY` */
  readonly topology?: TopologyMode | undefined;
  /** `TROUPE_REPLICAS`: copies that a cluster keeps of what the app creates in it. */
  readonly replicas?: number | undefined;
  /** `TROUPE_SHUTDOWN_GRACE_MS` */
  readonly shutdownGraceMs?: number | undefined;
  /** No variable: sizes of streams are the same for all apps of a broker. For tests, which need little. */
  readonly streams?: StreamSettings | undefined;
  /** `DATABASE_URL`: the PostgreSQL that the app's inbox and tables are in. */
  readonly database?: string | undefined;
  /** `TROUPE_DATA`: folder of embedded databases, or `memory`, which keeps nothing. */
  readonly data?: string | undefined;
  /** `TROUPE_INBOX_DAYS` */
  readonly inboxDays?: number | undefined;
  /** `TROUPE_CONSOLE_URL`: where people see flows. */
  readonly consoleUrl?: string | undefined;
  /** `TROUPE_LEDGER_URL`: where apps ask for flows. Default: where people see them. */
  readonly ledgerUrl?: string | undefined;
  /** `TROUPE_TRACE_URL`: where people see a trace, with `{traceId}` in it. */
  readonly traceUrl?: string | undefined;
  /** `HOST` */
  readonly host?: string | undefined;
  /** `PORT`; 0 is a free one. */
  readonly port?: number | undefined;
}

/** Token of the settings in Nest's injector; overridden by tests, which have no environment of their own. */
export const TROUPE_SETTINGS = Symbol('troupe:settings');

/** An unset or empty variable is undefined. @throws SettingError naming every variable with a wrong value */
export function readSettings(variables: Environment): Settings {
  return readVariables(APP_VARIABLES, variables);
}

/** How the environment says that the broker is reached; what it does not say is left out. */
export function connectionOf({ servers, keyFile, caFile }: Settings): ConnectionOptions {
  return {
    ...(servers !== undefined && { servers }),
    ...(keyFile !== undefined && { keyFile }),
    ...(caFile !== undefined && { caFile }),
  };
}
