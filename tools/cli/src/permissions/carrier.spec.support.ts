import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { here } from '../workspace/fixture.spec.support.ts';
import { runStandIn } from './carrier-stand-in.spec.support.ts';
import type { Stage } from './stage.spec.support.ts';

/** The carrier as it runs: where it listens, or why another program does its steps. */
export type RunningCarrier = { readonly url: string } | { readonly standsIn: string };

/** What the workspace has for its tests of projects in Python. */
interface Python {
  readonly carrier: string;
  readonly NO_PYTHON: string;
  /** The program, in an environment with all that the project requires; undefined where there is no Python. */
  pythonOf(project: string): Promise<string | undefined>;
}

/** For an environment that is not made yet, on a machine with much else to do. */
export const LONGEST_START_MS = 540_000;

/** Runs the carrier in its own account with its own rights: the app in Python, and where there is none a stand-in. */
export async function runCarrier(stage: Stage): Promise<RunningCarrier> {
  const { carrier, NO_PYTHON, pythonOf } = await workspacePython();
  const python = await pythonOf(carrier);
  if (python === undefined) {
    await runStandIn(stage);
    return { standsIn: NO_PYTHON };
  }
  const variables = { PYTHONPATH: join(carrier, 'src') };
  return { url: await stage.run('carrier', variables, [python, '-m', 'carrier']) };
}

/** The scripts of the workspace are no package: they are loaded where they lie. */
async function workspacePython(): Promise<Python> {
  const file = pathToFileURL(join(here, 'tools/workspace/python.mjs'));
  return (await import(file.href)) as Python;
}
