import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { WORKSPACE } from './apps.ts';
import { temporaryFolder } from './fixtures/surroundings.ts';

const PRELOADED = pathToFileURL(join(import.meta.dirname, 'preloaded.ts')).href;

/** What a script prints that is run as apps are. */
async function printedBy(script: string): Promise<string> {
  const args = ['--import', PRELOADED, '--input-type=module', '--eval', script];
  return (await promisify(execFile)(process.execPath, args)).stdout.trim();
}

/** A module as the compiler writes it, whose function `place` tells where in its source it stands. */
async function compiled(path: string): Promise<string> {
  const code = 'export const place = () => new Error().stack.split("\\n")[1];\n';
  const map = { version: 3, sources: ['written.ts'], names: [], mappings: 'AAAA' };
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.map`, JSON.stringify(map));
  await writeFile(path, `${code}//# sourceMappingURL=module.mjs.map`);
  return pathToFileURL(path).href;
}

it('names lines of TypeScript in the stack traces of apps, and those of packages as they are', async () => {
  const folder = await temporaryFolder();
  const own = await compiled(join(folder, 'module.mjs'));
  const foreign = await compiled(join(folder, 'node_modules/foreign/module.mjs'));
  const places = ['own', 'foreign'].map((name) => `console.log(${name}.place());`).join('');
  const imports = `import * as own from '${own}'; import * as foreign from '${foreign}';`;
  const [ownPlace, foreignPlace] = (await printedBy(imports + places)).split('\n');
  expect(ownPlace).toContain('written.ts:1');
  expect(foreignPlace).toContain('module.mjs:1');
});

it('keeps what V8 made of modules beside the packages', async () => {
  const folder = await printedBy(
    "import { getCompileCacheDir } from 'node:module'; console.log(getCompileCacheDir());",
  );
  expect(dirname(folder)).toBe(join(WORKSPACE, 'node_modules/.cache/troupe/compiled'));
});
