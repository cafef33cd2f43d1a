import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { captureNode } from './node.mjs';
import { bin, root } from './paths.mjs';

it('counts what passed, failed and was skipped, names the skipped with their reasons, and ends with that', async () => {
  const { code, lines } = await runSpecs({
    'good.spec.js': `
      it('adds', () => expect(1 + 1).toBe(2));
      it('needs a printer', (context) => context.skip('there is no printer'));
      it.todo('prints in colour');
      it.skip('was too slow', () => {});`,
  });
  expect(lines.slice(-5)).toEqual([
    'skipped:',
    '  good.spec.js > needs a printer: there is no printer',
    '  good.spec.js > prints in colour: not written yet',
    '  good.spec.js > was too slow: marked as skipped, or not asked for',
    'tests: 1 passed, 0 failed, 3 skipped',
  ]);
  expect(code).toBe(0);
});

it('counts a failing test, a spec file that does not load and a failing hook as failed', async () => {
  const { code, lines } = await runSpecs({
    'good.spec.js': "it('adds', () => expect(1 + 1).toBe(2));",
    'failing.spec.js': "it('adds wrongly', () => expect(1 + 1).toBe(3));",
    'broken.spec.js': "import './nowhere.js';",
    'hook.spec.js':
      "describe('a suite', () => { afterAll(() => { throw new Error('no'); }); it('is', () => {}); });",
  });
  expect(lines.at(-1)).toBe('tests: 2 passed, 3 failed, 0 skipped');
  expect(code).toBe(1);
});

it('counts an error outside of every test as failed', async () => {
  const { code, lines } = await runSpecs({
    'stray.spec.js': "it('is', () => { void Promise.reject(new Error('nobody waits for me')); });",
  });
  expect(lines.at(-1)).toBe('tests: 1 passed, 1 failed, 0 skipped');
  expect(code).toBe(1);
});

async function runSpecs(files) {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-specs-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  const reporter = join(root, 'tools/workspace/tests-line.mjs');
  const { code, output } = await captureNode([
    bin.vitest,
    'run',
    '--root',
    folder,
    '--globals',
    '--reporter',
    reporter,
  ]);
  return { code, lines: output.trimEnd().split('\n') };
}
