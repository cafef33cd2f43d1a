import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { causeOf, runCommand } from '@troupe/broker';
import { step } from '../progress.ts';
import type { Interpreter } from './interpreter.ts';

/** What is installed, and where to. */
export interface Installation {
  /** The folder of a Python project. */
  readonly project: string;
  /** Its file that has every dependency with its hashes. @default `requirements.txt` */
  readonly requirements?: string;
  /** Keeps the environments, one for each set of requirements. */
  readonly folder: string;
  readonly interpreter: Interpreter;
  readonly env: NodeJS.ProcessEnv;
  /** Ends the installation. */
  readonly stop: AbortSignal;
}

/**
 * The Python of a virtual environment in which the project is installed, or the sentence that says why there is none.
 * It runs the project's sources as they are, and is made once for what the project requires: elsewhere, and then put in
 * its place. So whoever starts meanwhile sees all of it or nothing, and of two who made it the first one's is kept.
 */
export async function pythonEnvironment(
  installation: Installation,
): Promise<{ readonly program: string } | { readonly problem: string }> {
  const { folder, interpreter } = installation;
  const name = await stateOf(installation);
  const place = join(folder, name);
  if (existsSync(programOf(place))) return { program: programOf(place) };
  return step(`Installing the carrier and its Python packages with ${interpreter.tool}`, async () => {
    await mkdir(folder, { recursive: true });
    const made = await mkdtemp(join(folder, UNFINISHED));
    try {
      const problem = await install(made, installation);
      if (problem !== undefined) return { problem };
      await rename(made, place).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
      });
      await removeOld(folder, name);
      return { program: programOf(place) };
    } finally {
      await rm(made, { recursive: true, force: true });
    }
  });
}

const REQUIREMENTS = 'requirements.txt';
const UNFINISHED = '.new-';
/** Enough for a slow network; uv may have a Python to fetch. */
const TIMEOUT = 600_000;
/** In milliseconds: an environment of other requirements is removed then. */
const OLD = 86_400_000;

async function stateOf({ project, requirements = REQUIREMENTS, interpreter }: Installation): Promise<string> {
  const state = createHash('sha256').update(JSON.stringify(interpreter));
  for (const file of [requirements, 'pyproject.toml']) state.update(await readFile(join(project, file)));
  return state.digest('hex').slice(0, 16);
}

/** The sentence that says what went wrong, if anything did. */
async function install(
  place: string,
  { project, requirements = REQUIREMENTS, interpreter, env, stop }: Installation,
): Promise<string | undefined> {
  for (const [program, ...args] of commandsOf(interpreter, place, project, requirements)) {
    const result = await runCommand(program, args, { env, timeoutMs: TIMEOUT, signal: stop });
    stop.throwIfAborted();
    if (!result.ok) {
      const { tool } = interpreter;
      return `${tool} could not install it: check the network and ${tool}'s package index (${causeOf(result)})`;
    }
  }
  return undefined;
}

type Command = readonly [program: string, ...args: string[]];

function commandsOf(
  interpreter: Interpreter,
  place: string,
  project: string,
  requirements: string,
): readonly Command[] {
  const python = programOf(place);
  const required = ['--require-hashes', '--requirement', join(project, requirements)] as const;
  if (interpreter.tool === 'uv') {
    const uv = ['uv', 'pip', 'install', '--no-progress', '--python', python] as const;
    return [
      ['uv', 'venv', '--no-progress', '--python', '>=3.10', place],
      [...uv, ...required],
      [...uv, '--no-deps', '--editable', project],
    ];
  }
  const pip = [
    python,
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    '--no-input',
    '--quiet',
  ] as const;
  return [
    [interpreter.path, '-m', 'venv', place],
    [...pip, ...required],
    [...pip, '--no-deps', '--editable', project],
  ];
}

function programOf(place: string): string {
  return process.platform === 'win32' ? join(place, 'Scripts', 'python.exe') : join(place, 'bin', 'python');
}

async function removeOld(folder: string, current: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name === current) continue;
    const place = join(folder, name);
    const made = await stat(place).catch(() => undefined);
    if (made !== undefined && Date.now() - made.mtimeMs > OLD)
      await rm(place, { recursive: true, force: true });
  }
}
