import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { durationOf } from '@troupe/jetstream';
import {
  type Choreography,
  ChoreographyError,
  readChoreography,
  readWebhook,
  type WebhookOptions,
} from '@troupe/ledger';
import type { Settings } from '@troupe/nest';
import {
  allTold,
  type Environment,
  isSet,
  type Kind,
  postgresUrl,
  readVariables,
  SettingError,
  type Table,
} from '@troupe/settings';

/** What the environment says about the console besides what it says about every app. */
export interface ConsoleSettings {
  /** Where the ledger keeps its index: a file, `:memory:`, or a `postgres://` address. */
  readonly store: string;
  /** The expected set; undefined when there is no lock: then nothing is declared. */
  readonly choreography: Choreography | undefined;
  /** Who is told of alerts; undefined when nobody is. */
  readonly webhook: WebhookOptions | undefined;
  /** How old messages must be to be purged, in ms; undefined when none is. */
  readonly retentionMs: number | undefined;
  /** How long something must be wrong until it is an alert, in ms; undefined for what a watchdog does by itself. */
  readonly alertAfterMs: number | undefined;
}

/** Token of the settings in Nest's injector. */
export const CONSOLE_SETTINGS = Symbol('console:settings');

const LOCK = 'choreography.lock';
const DATA = '.troupe/data';

const choreographyFile: Kind<Choreography> = {
  allowed: 'a file that `troupe graph` wrote',
  read: (path) => {
    const choreography = choreographyAt(path);
    if (choreography === undefined) throw new Error(`There is no file ${path}.`);
    return choreography;
  },
};

const lengthOfTime: Kind<number> = { allowed: 'a length of time such as 30d or 12h', read: durationOf };

/** What the console reads besides what every app does, and the webhook. */
export const CONSOLE_VARIABLES = {
  database: {
    name: 'LEDGER_DATABASE_URL',
    kind: postgresUrl,
    meaning:
      'PostgreSQL that the ledger is kept in; several consoles [have it together](../guides/ledger.md#several-ledgers)',
    unset: 'none: SQLite, in `console` of `TROUPE_DATA`',
    secret: true,
    readBy: 'console',
  },
  choreography: {
    name: 'TROUPE_CHOREOGRAPHY',
    kind: choreographyFile,
    meaning: '`choreography.lock`, which says which steps, flows and deadlines are expected',
    unset: '`choreography.lock` in the working folder; without one, nothing is expected',
    readBy: 'console',
  },
  retentionMs: {
    name: 'TROUPE_RETENTION',
    kind: lengthOfTime,
    meaning:
      'how old messages must be to be [purged](../guides/retention.md), every hour, when they are dealt with',
    unset: 'none: nothing is purged',
    readBy: 'console',
  },
  alertAfterMs: {
    name: 'TROUPE_ALERT_AFTER',
    kind: lengthOfTime,
    meaning:
      'how long a step may be without consumer or instance, or the ledger behind, until that is [an alert](../guides/alerts.md)',
    unset: '`30s`',
    readBy: 'console',
  },
} as const satisfies Table;

/**
 * `LEDGER_DATABASE_URL`, else a file in the folder of embedded databases; the choreography that `TROUPE_CHOREOGRAPHY`
 * names, else the one in the working folder, if there is one; the webhook, if there is one; `TROUPE_RETENTION` and
 * `TROUPE_ALERT_AFTER`.
 * @throws SettingError naming every variable with a wrong value
 */
export function readConsoleSettings(
  environment: Environment,
  { data = DATA, prefix = '' }: Pick<Settings, 'data' | 'prefix'> = {},
): ConsoleSettings {
  const [{ database, choreography, ...times }, webhook, present] = allTold(
    () => readVariables(CONSOLE_VARIABLES, environment),
    () => readWebhook(environment),
    () => (isSet(CONSOLE_VARIABLES.choreography, environment) ? undefined : presentChoreography()),
  );
  const store = database ?? fileIn(data, prefix);
  return { store, choreography: choreography ?? present, webhook, ...times };
}

/** The one in the working folder; undefined when there is none. */
function presentChoreography(): Choreography | undefined {
  try {
    return choreographyAt(LOCK);
  } catch (error) {
    throw new SettingError([`TROUPE_CHOREOGRAPHY: ${(error as Error).message}`]);
  }
}

/** Undefined when there is no file. */
function choreographyAt(path: string): Choreography | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
  try {
    return readChoreography(JSON.parse(text));
  } catch (error) {
    if (error instanceof ChoreographyError) throw error;
    throw new Error(`${path} holds no JSON (${(error as Error).message}).`);
  }
}

function fileIn(data: string, prefix: string): string {
  if (data === 'memory') return ':memory:';
  return join(data, 'console', prefix === '' ? 'ledger.sqlite' : `ledger-${prefix}.sqlite`);
}
