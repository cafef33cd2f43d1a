import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { findInterpreter, pythonEnvironment } from '@troupe/start';
import { Failure } from './failure.mjs';
import { capture } from './node.mjs';
import { root } from './paths.mjs';

/** A project of the workspace in Python. */
export const carrier = join(root, 'apps/carrier');

/** What is said where nothing in Python can be run. */
export const NO_PYTHON = 'the carrier needs Python 3.10 or newer, or uv';

/** The Python of an environment with what the tests and checks of a project need; undefined where there can be none. */
export async function pythonOf(project) {
  const { env } = process;
  const stop = new AbortController().signal;
  const interpreter = await findInterpreter(env, stop);
  if ('problem' in interpreter) return undefined;
  const requirements = 'requirements-dev.txt';
  const folder = join(root, 'node_modules/.cache/troupe-python');
  const made = await pythonEnvironment({ project, requirements, folder, interpreter, env, stop });
  if ('problem' in made) throw new Failure(made.problem);
  return made.program;
}

/** Runs a program of Python in the project, and answers with its exit code and output. */
export function runPython(python, args, project, env = {}) {
  const child = spawn(python, args, {
    cwd: project,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return capture(child);
}
