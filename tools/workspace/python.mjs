import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from './failure.mjs';
import { capture } from './node.mjs';
import { root } from './paths.mjs';

/** Of Python 3. */
const OLDEST_MINOR = 10;
const CANDIDATES = ['python3', 'python'];

/** A project of the workspace in Python. */
export const carrier = join(root, 'apps/carrier');

/**
 * The Python of a virtual environment with what the project's requirements-dev.txt names, made anew when that file
 * changes; undefined where there is no Python 3.10 or newer.
 */
export async function pythonOf(project) {
  const base = await findPython();
  if (base === undefined) return undefined;
  const requirements = join(project, 'requirements-dev.txt');
  const wanted = createHash('sha256')
    .update(`${base.version}\n${await readFile(requirements, 'utf8')}`)
    .digest('hex');
  const folder = join(environments, wanted.slice(0, 16));
  if (!existsSync(folder)) await install(base.program, requirements, folder);
  return programIn(folder);
}

const environments = join(root, 'node_modules/.cache/troupe-python');

/** Made elsewhere and put in its place when it is whole: of several who make one, the first one's is kept. */
async function install(program, requirements, folder) {
  await mkdir(environments, { recursive: true });
  const made = await mkdtemp(join(environments, '.new-'));
  try {
    await run(program, ['-m', 'venv', made]);
    await run(programIn(made), ['-m', 'pip', 'install', '--quiet', '--require-hashes', '-r', requirements]);
    await rename(made, folder).catch((error) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(made, { recursive: true, force: true });
  }
}

function programIn(folder) {
  return join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
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

/** What is said where nothing in Python can be run. */
export const NO_PYTHON = `there is no Python 3.${OLDEST_MINOR} or newer on PATH`;

async function findPython() {
  for (const program of CANDIDATES) {
    const asked = spawn(program, ['-c', 'import sys; print(*sys.version_info[:2])'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const { code, output } = await capture(asked).catch(() => ({ code: 1, output: '' }));
    const [major, minor = 0] = output.trim().split(' ').map(Number);
    if (code === 0 && major === 3 && minor >= OLDEST_MINOR) return { program, version: output.trim() };
  }
  return undefined;
}

async function run(program, args) {
  const { code, output } = await capture(spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] }));
  if (code === 0) return;
  throw new Failure(
    `${output.trimEnd().split('\n').slice(-10).join('\n')}\n${program} ${args.join(' ')} failed (exit code ${code}): ` +
      'check the network and the package index that pip uses (pip config list), then run this command again.',
  );
}
