import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { durationOf } from '@troupe/jetstream';
import {
  type Choreography,
  ChoreographyError,
  readChoreography,
  readWebhook,
  type WebhookOptions,
  WebhookSettingError,
} from '@troupe/ledger';
import { SettingError, type Settings } from '@troupe/nest';

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
}

/** Token of the settings in Nest's injector. */
export const CONSOLE_SETTINGS = Symbol('console:settings');

const LOCK = 'choreography.lock';
const DATA = '.troupe/data';

/**
 * `LEDGER_DATABASE_URL`, else a file in the folder of embedded databases; the choreography that `TROUPE_CHOREOGRAPHY`
 * names, else the one in the working folder, if there is one; the webhook, if there is one; and `TROUPE_RETENTION`.
 * @throws SettingError naming every variable with a wrong value
 */
export function readConsoleSettings(
  variables: NodeJS.ProcessEnv,
  { data = DATA, prefix = '' }: Pick<Settings, 'data' | 'prefix'>,
): ConsoleSettings {
  const problems: string[] = [];
  const address = variables.LEDGER_DATABASE_URL?.trim() || undefined;
  if (address !== undefined && !/^postgres(ql)?:\/\/\S+$/.test(address)) {
    problems.push(
      'LEDGER_DATABASE_URL must be an address such as postgres://user:password@host:5432/database.',
    );
  }
  const named = variables.TROUPE_CHOREOGRAPHY?.trim() || undefined;
  let choreography: Choreography | undefined;
  try {
    choreography = choreographyAt(named ?? LOCK);
  } catch (error) {
    problems.push(`TROUPE_CHOREOGRAPHY: ${(error as Error).message}`);
  }
  if (named !== undefined && choreography === undefined && problems.length === 0) {
    problems.push(`TROUPE_CHOREOGRAPHY is "${named}", but there is no such file.`);
  }
  let webhook: WebhookOptions | undefined;
  try {
    webhook = readWebhook(variables);
  } catch (error) {
    if (!(error instanceof WebhookSettingError)) throw error;
    problems.push(...error.problems);
  }
  const retention = variables.TROUPE_RETENTION?.trim() || undefined;
  const retentionMs = durationOf(retention);
  if (retention !== undefined && retentionMs === undefined) {
    problems.push(`TROUPE_RETENTION must be a length of time such as 30d or 12h, not "${retention}".`);
  }
  if (problems.length > 0) throw new SettingError(problems);
  return { store: address ?? fileIn(data, prefix), choreography, webhook, retentionMs };
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
