import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheFolder } from '@troupe/broker';

const run = promisify(execFile);

/** Whether Go is there to build programs and to fetch modules. */
export async function hasGo() {
  return run('go', ['version']).then(
    () => true,
    () => false,
  );
}

/**
 * The path of a program of a Go module, in a version of its own: from the cache folder, else built, which takes
 * minutes for a large one.
 */
export async function goProgram({ path, version }) {
  const name = path.split('/').at(-1);
  const folder = join(cacheFolder(process.env), 'go');
  const program = join(folder, `${name}-${version}`);
  if (existsSync(program)) return program;
  await mkdir(folder, { recursive: true });
  const scratch = await mkdtemp(join(folder, 'build-'));
  try {
    const env = { ...process.env, GOBIN: scratch, CGO_ENABLED: '0' };
    await run('go', ['install', '-ldflags=-s -w', `${path}@${version}`], { env });
    await rename(join(scratch, name), program);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return program;
}

/** The folder that a Go module's files are in, fetched when Go does not have it yet. */
export async function goModule({ path, version }) {
  const { stdout } = await run('go', ['mod', 'download', '-json', `${path}@${version}`]);
  return JSON.parse(stdout).Dir;
}
