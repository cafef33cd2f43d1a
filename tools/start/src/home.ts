import { access, constants, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { WORKSPACE } from './apps.ts';
import { HomeError } from './errors.ts';

/** The folder that keeps what outlives a run. */
export interface Home {
  readonly folder: string;
  /** The broker's. */
  readonly store: string;
  /** The apps'. */
  readonly data: string;
  readonly logs: string;
  logOf(process: string): string;
}

/**
 * The folder that `TROUPE_HOME` names, else `.troupe` in the checkout; made when it is missing.
 * @throws HomeError when it cannot be written
 */
export async function openHome(env: NodeJS.ProcessEnv): Promise<Home> {
  const folder = env.TROUPE_HOME ? resolve(env.TROUPE_HOME) : join(WORKSPACE, '.troupe');
  const logs = join(folder, 'logs');
  try {
    await mkdir(logs, { recursive: true });
    await access(logs, constants.W_OK);
    await access(folder, constants.W_OK);
  } catch (error) {
    throw new HomeError(folder, error);
  }
  return {
    folder,
    logs,
    data: join(folder, 'data'),
    store: join(folder, 'broker'),
    logOf: (process) => join(logs, `${process}.log`),
  };
}
