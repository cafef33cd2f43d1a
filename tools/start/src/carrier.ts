import { join } from 'node:path';
import { type App, CARRIER, WORKSPACE } from './apps.ts';
import { pythonEnvironment } from './python/environment.ts';
import { findInterpreter } from './python/interpreter.ts';

/** What a search for the carrier is about. */
export interface CarrierSearch {
  /** `PATH` says where Python is looked for. */
  readonly env: NodeJS.ProcessEnv;
  readonly stop: AbortSignal;
  /** Keeps what is installed. @default `.troupe/python` in the checkout */
  readonly folder?: string;
}

/**
 * The carrier, ready to be started: a Python is found, and the app installed for it unless it is. Where that cannot be
 * done, the sentence that says why. Rejects with the reason of `stop` when that is aborted.
 */
export async function findCarrier({
  env,
  stop,
  folder = join(WORKSPACE, '.troupe', 'python'),
}: CarrierSearch): Promise<App | { readonly problem: string }> {
  const interpreter = await findInterpreter(env, stop);
  stop.throwIfAborted();
  if ('problem' in interpreter) return interpreter;
  const project = join(WORKSPACE, 'apps', CARRIER);
  const environment = await pythonEnvironment({ project, folder, interpreter, env, stop });
  if ('problem' in environment) return environment;
  return { name: CARRIER, command: [environment.program, '-m', CARRIER] };
}
