import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

const ANSWER_TIME = 60_000;
/** Output of a build is long. */
const MOST_OUTPUT = 64 * 1024 * 1024;

/** How a command is run. */
export interface DockerOptions {
  /** Over the environment of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** @default a minute */
  readonly timeoutMs?: number;
}

/**
 * Runs `docker` and answers with what it wrote. Rejects with both its outputs when it fails. The command itself, and not
 * Testcontainers: that runs Compose through the same command, has nothing for killing, pausing and cutting off, and brings a
 * hundred packages.
 */
export async function docker(args: readonly string[], options: DockerOptions = {}): Promise<string> {
  const { stdout } = await run('docker', args, {
    cwd: WORKSPACE,
    env: { ...process.env, ...options.env },
    timeout: options.timeoutMs ?? ANSWER_TIME,
    maxBuffer: MOST_OUTPUT,
  });
  return stdout.trim();
}

/** Why no containers can be run here, in a sentence; undefined when they can. */
export async function hindrance(): Promise<string | undefined> {
  try {
    await docker(['version', '--format', '{{.Server.Version}}']);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return missing ? 'docker is not installed' : 'the Docker engine does not answer';
  }
  return docker(['compose', 'version']).then(
    () => undefined,
    () => 'docker has no compose plugin',
  );
}

/** The folder of the checkout. */
export const WORKSPACE = new URL('../../..', import.meta.url).pathname;
