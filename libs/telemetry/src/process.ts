import { serviceOf } from '@troupe/jetstream';
import { refuseStart, SettingError } from '@troupe/settings';
import { readSettings, type Settings } from './settings/settings.ts';
import { Telemetry } from './telemetry.ts';

/** The telemetry of this process. Importing this file, which happens once, reads the environment and sets it up. */
export const telemetry = start();

function start(): Telemetry {
  const { argv, env, stdout } = process;
  const telemetry = new Telemetry(settingsOf(env, stdout.isTTY), serviceOf(argv[1], env));
  telemetry.register();
  // A program that just ends, without a framework that shuts it down, sends its last spans too.
  process.once('beforeExit', () => void telemetry.shutdown());
  return telemetry;
}

/** An import that fails shows a stack of this package's inside, and hides what else is wrong; a person needs the sentences. */
function settingsOf(env: NodeJS.ProcessEnv, terminal: boolean): Settings {
  try {
    return readSettings(env, terminal);
  } catch (error) {
    if (!(error instanceof SettingError)) throw error;
    refuseStart(error);
    return readSettings({}, terminal);
  }
}
