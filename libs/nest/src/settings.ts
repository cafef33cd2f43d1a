import {
  Connection,
  type ConnectionOptions,
  Names,
  type StreamSettings,
  silentLogger,
  type TopologyMode,
} from '@troupe/jetstream';
import { SettingError } from './errors.ts';

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
  /** `TROUPE_TRACE_URL`: where people see a trace, with `{traceId}` in it. */
  readonly traceUrl?: string | undefined;
  /** `HOST` */
  readonly host?: string | undefined;
  /** `PORT`; 0 is a free one. */
  readonly port?: number | undefined;
}

/** Token of the settings in Nest's injector; overridden by tests, which have no environment of their own. */
export const TROUPE_SETTINGS = Symbol('troupe:settings');

/** An even number survives no more losses than the one below it; more than five a stream cannot have. */
const REPLICAS: readonly string[] = ['1', '3', '5'];
const TOPOLOGY_MODES: readonly TopologyMode[] = ['create', 'verify', 'change'];

/** An unset or empty variable is undefined. @throws SettingError naming every variable with a wrong value */
export function readSettings(variables: NodeJS.ProcessEnv): Settings {
  const problems: string[] = [];
  const text = (name: string): string | undefined => variables[name]?.trim() || undefined;
  const whole = (name: string, most: number): number | undefined => {
    const value = text(name);
    if (value === undefined) return undefined;
    if (/^\d{1,10}$/.test(value) && Number(value) <= most) return Number(value);
    problems.push(`${name} is "${value}", but must be a whole number from 0 to ${most}.`);
    return undefined;
  };
  const mode = text('TROUPE_TOPOLOGY');
  const topology = TOPOLOGY_MODES.find((one) => one === mode);
  if (mode !== undefined && topology === undefined) {
    problems.push(`TROUPE_TOPOLOGY is "${mode}", but must be one of ${TOPOLOGY_MODES.join(', ')}.`);
  }
  const copies = text('TROUPE_REPLICAS');
  if (copies !== undefined && !REPLICAS.includes(copies)) {
    problems.push(`TROUPE_REPLICAS is "${copies}", but must be one of ${REPLICAS.join(', ')}.`);
  }
  const prefix = text('TROUPE_PREFIX');
  if (prefix !== undefined) problems.push(...refusals('TROUPE_PREFIX', () => new Names(prefix)));
  const servers = text('NATS_URL');
  if (servers !== undefined) {
    // A connection connects only when asked to; it is made to read the addresses.
    problems.push(...refusals('NATS_URL', () => new Connection({ servers }, silentLogger)));
  }
  const keyFile = text('NATS_NKEY_FILE');
  if (keyFile !== undefined)
    problems.push(...refusals('NATS_NKEY_FILE', () => new Connection({ keyFile }, silentLogger)));
  const caFile = text('NATS_CA_FILE');
  if (caFile !== undefined)
    problems.push(...refusals('NATS_CA_FILE', () => new Connection({ caFile }, silentLogger)));
  const apiPrefix = text('TROUPE_API_PREFIX');
  if (apiPrefix !== undefined)
    problems.push(...refusals('TROUPE_API_PREFIX', () => new Names('', apiPrefix)));
  const database = text('DATABASE_URL');
  if (database !== undefined && !/^postgres(ql)?:\/\/\S+$/.test(database)) {
    problems.push('DATABASE_URL must be an address such as postgres://user:password@host:5432/database.');
  }
  const inboxDays = whole('TROUPE_INBOX_DAYS', 36_500);
  if (inboxDays === 0) problems.push('TROUPE_INBOX_DAYS is "0", but must be a whole number from 1 to 36500.');
  const httpUrl = (name: string): string | undefined => {
    const value = text(name);
    const protocol = value === undefined ? undefined : URL.parse(value)?.protocol;
    if (value === undefined || protocol === 'http:' || protocol === 'https:') return value;
    problems.push(`${name} must be an http:// or https:// URL.`);
    return undefined;
  };
  const traceUrl = httpUrl('TROUPE_TRACE_URL');
  if (traceUrl?.includes('{traceId}') === false)
    problems.push('TROUPE_TRACE_URL must say where the id of the trace stands: {traceId}.');
  const settings: Settings = {
    consoleUrl: httpUrl('TROUPE_CONSOLE_URL'),
    traceUrl,
    database,
    data: text('TROUPE_DATA'),
    inboxDays,
    servers,
    keyFile,
    caFile,
    apiPrefix,
    prefix,
    topology,
    replicas: copies === undefined ? undefined : Number(copies),
    shutdownGraceMs: whole('TROUPE_SHUTDOWN_GRACE_MS', 3_600_000),
    host: text('HOST'),
    port: whole('PORT', 65_535),
  };
  if (problems.length > 0) throw new SettingError(problems);
  return settings;
}

/** How the environment says that the broker is reached; what it does not say is left out. */
export function connectionOf({ servers, keyFile, caFile }: Settings): ConnectionOptions {
  return {
    ...(servers !== undefined && { servers }),
    ...(keyFile !== undefined && { keyFile }),
    ...(caFile !== undefined && { caFile }),
  };
}

/** What is said against a value by what takes it. */
function refusals(name: string, take: () => unknown): string[] {
  try {
    take();
    return [];
  } catch (error) {
    return [`${name}: ${(error as Error).message}`];
  }
}
