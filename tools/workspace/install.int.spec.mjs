import { spawn } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { capture } from './node.mjs';
import { root } from './paths.mjs';

it('installs the packages once, and again when the lock file changed', async () => {
  const checkout = await emptyCheckout();
  const first = await checkout.run('build');
  expect(first.output).toMatch(/Installing packages[\s\S]*done in[\s\S]*Building what changed/);
  expect(first.code).toBe(0);

  expect((await checkout.run('build')).output).not.toContain('Installing');

  await writeFile(join(checkout.folder, 'package-lock.json'), '{"changed": true}');
  expect((await checkout.run('build')).output).toContain('Installing packages');
});

it('takes packages that somebody installed by hand', async () => {
  const checkout = await emptyCheckout();
  await checkout.npm();
  expect((await checkout.run('build')).output).not.toContain('Installing');
  await writeFile(join(checkout.folder, 'package-lock.json'), '{"changed": true}');
  expect((await checkout.run('build')).output).toContain('Installing packages');
});

it('says what npm said and what to do when the packages cannot be had', async () => {
  const checkout = await emptyCheckout("echo 'npm error network connect ENETUNREACH' >&2; exit 146");
  const { code, output } = await checkout.run('build');
  expect(output).toContain('npm error network connect ENETUNREACH');
  expect(output).toContain('check the network');
  expect(output).not.toContain('at async');
  expect(code).toBe(1);
});

it('says so when npm runs no install scripts', async () => {
  const checkout = await emptyCheckout('mkdir -p node_modules && touch node_modules/.package-lock.json');
  const { code, output } = await checkout.run('build');
  expect(output).toContain('ignore-scripts');
  expect(code).toBe(1);
});

it('says so when the build fails', async () => {
  const checkout = await emptyCheckout(
    `${INSTALL}\necho 'console.log("nonsense.ts(1,1): error"); process.exit(2)' > "$tsc"`,
  );
  const { code, output } = await checkout.run('build');
  expect(output).toMatch(/nonsense\.ts\(1,1\): error[\s\S]*The build failed/);
  expect(code).toBe(1);
});

it('refuses a Node that is too old in one sentence', async () => {
  const checkout = await emptyCheckout();
  const old = 'data:text/javascript,Object.defineProperty(process,"versions",{value:{node:"18.20.0"}})';
  const { code, output } = await checkout.run('build', ['--import', old]);
  expect(output.trim()).toBe(
    'This is Node 18.20.0, which is too old: install Node 20 or newer (https://nodejs.org).',
  );
  expect(code).toBe(1);
});

/** What an npm leaves behind that needs no network: a Node, a compiler with nothing to do, and its record. */
const INSTALL = `
mkdir -p node_modules/node/bin node_modules/@typescript/native/bin
ln -sf "${process.execPath}" node_modules/node/bin/node
tsc=node_modules/@typescript/native/bin/tsc
echo '' > "$tsc"
touch node_modules/.package-lock.json`;

/** A checkout with the commands alone, a page that needs no building, and a stand-in for npm. */
async function emptyCheckout(npm = INSTALL) {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-checkout-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await cp(join(root, 'tools/workspace'), join(folder, 'tools/workspace'), { recursive: true });
  await writeFile(join(folder, 'package-lock.json'), '{}');
  await mkdir(join(folder, 'apps/console-web'), { recursive: true });
  await writeFile(join(folder, 'apps/console-web/build.mjs'), '');
  await mkdir(join(folder, 'bin'));
  await writeFile(join(folder, 'bin/npm'), `#!/bin/sh\n${npm}\n`);
  await chmod(join(folder, 'bin/npm'), 0o755);
  const env = { ...process.env, PATH: [join(folder, 'bin'), process.env.PATH].join(delimiter) };
  const start = (program, args) =>
    capture(spawn(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] }));
  return {
    folder,
    npm: () => start('npm', ['ci']),
    run: (command, nodeOptions = []) =>
      start(process.execPath, [...nodeOptions, 'tools/workspace/run.mjs', command]),
  };
}
