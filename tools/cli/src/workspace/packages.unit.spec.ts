import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packagesIn } from './packages.ts';

describe('the packages of a workspace', () => {
  it('are its own and those that its workspaces name, in the order of their paths', async () => {
    const folder = await workspace(['libs/b', 'libs/a', 'libs/a/node_modules/x', 'tools/c', 'secret/d'], {
      workspaces: ['tools/*', 'libs/**', 'secret/*', '!secret/d'],
    });
    await mkdir(join(folder, 'libs/no-package'));
    expect(await pathsIn(folder)).toEqual([
      join(folder, 'package.json'),
      join('libs', 'a', 'package.json'),
      join('libs', 'b', 'package.json'),
      join('tools', 'c', 'package.json'),
    ]);
  });

  it('are read from the longer form of workspaces, too, and are one where there is none', async () => {
    const longer = await workspace(['libs/a'], { workspaces: { packages: ['libs/*'] } });
    expect(await pathsIn(longer)).toHaveLength(2);
    expect(await pathsIn(await workspace(['libs/a'], {}))).toHaveLength(1);
  });

  it.each([
    [{ workspaces: 'libs/*' }, /is wrong: it\/workspaces must be array/],
    [{ troupe: { module: 5 } }, /is wrong: it\/troupe\/module must be string/],
    [[], /is wrong: it must be object/],
  ])('are refused with %j', async (manifest, problem) => {
    await expect(packagesIn(await workspace([], manifest))).rejects.toThrow(problem);
  });
});

async function workspace(packages: readonly string[], manifest: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-packages-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
  for (const path of packages) {
    await mkdir(join(folder, path), { recursive: true });
    await writeFile(join(folder, path, 'package.json'), '{}');
  }
  return folder;
}

async function pathsIn(folder: string): Promise<string[]> {
  return (await packagesIn(folder)).map(({ path }) => path);
}
