import { mkdir, readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { pathWith, temporaryFolder, until } from '../fixtures/surroundings.ts';
import { type Installation, pythonEnvironment } from './environment.ts';

beforeEach(() => void vi.spyOn(console, 'log').mockReturnValue());
afterEach(() => vi.restoreAllMocks());

/**
 * A project, and a Python whose environments have a Python that notes in `calls` what it is asked to install, and then
 * does `installing`.
 */
async function stage(installing = 'exit 0') {
  const home = await temporaryFolder();
  const project = join(home, 'project');
  await mkdir(project);
  for (const file of ['requirements.txt', 'pyproject.toml']) await writeFile(join(project, file), '1');
  const calls = join(home, 'calls');
  await writeFile(calls, '');
  const inside = await pathWith({ python: `echo "$*" >> '${calls}'\n${installing}` });
  const outside = await pathWith({
    python3: `/bin/mkdir -p "$3/bin" && /bin/cp '${inside}/python' "$3/bin/python"`,
  });
  const stop = new AbortController();
  const installation: Installation = {
    project,
    folder: join(home, 'python'),
    interpreter: { tool: 'pip', path: join(outside, 'python3'), version: '3.12.4' },
    env: {},
    stop: stop.signal,
  };
  const called = async () => (await readFile(calls, 'utf8')).trim().split('\n');
  return { installation, called, stop };
}

it('has what is required by its hashes, then the project, and is made once', async () => {
  const { installation, called } = await stage();
  const first = await pythonEnvironment(installation);
  expect(first).toEqual({ program: expect.stringMatching(/python\/[0-9a-f]{16}\/bin\/python$/) });
  expect(await pythonEnvironment(installation)).toEqual(first);
  const { project } = installation;
  expect(await called()).toEqual([
    expect.stringMatching(
      new RegExp(`^-m pip install .*--require-hashes --requirement ${project}/requirements.txt$`),
    ),
    expect.stringMatching(new RegExp(`^-m pip install .*--no-deps --editable ${project}$`)),
  ]);
});

it('is made anew for other requirements, and an old one goes with the day', async () => {
  const { installation } = await stage();
  const { folder, project } = installation;
  await pythonEnvironment(installation);
  const [old = ''] = await readdir(folder);
  await writeFile(join(project, 'pyproject.toml'), '2');
  await pythonEnvironment(installation);
  expect(await readdir(folder)).toHaveLength(2);
  await utimes(join(folder, old), 0, 0);
  await writeFile(join(project, 'requirements.txt'), '2');
  await pythonEnvironment(installation);
  expect(await readdir(folder)).toHaveLength(2);
  expect(await readdir(folder)).not.toContain(old);
});

it('is one when two make it at once, and nothing of the other is left', async () => {
  const { installation, called } = await stage();
  const both = await Promise.all([pythonEnvironment(installation), pythonEnvironment(installation)]);
  expect(both[0]).toEqual(both[1]);
  expect(await called()).toHaveLength(4);
  expect(await readdir(installation.folder)).toHaveLength(1);
});

it('is none, with the reason, when something cannot be installed, and nothing is left of it', async () => {
  const { installation } = await stage('echo "ERROR: No matching distribution" >&2; exit 1');
  expect(await pythonEnvironment(installation)).toEqual({
    problem:
      "pip could not install it: check the network and pip's package index (ERROR: No matching distribution)",
  });
  expect(await readdir(installation.folder)).toEqual([]);
});

it('is given up when it is told to stop, and nothing is left of it', async () => {
  const { installation, called, stop } = await stage('exec /bin/sleep 600');
  const making = pythonEnvironment(installation);
  await until(async () => (await called()).join('').includes('install'), 'it installs');
  stop.abort();
  await expect(making).rejects.toThrow('aborted');
  expect(await readdir(installation.folder)).toEqual([]);
});
