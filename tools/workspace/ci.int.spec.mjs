import { execFile } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { root } from './paths.mjs';

/** What is tested in a browser. */
const PAGE = 'apps/console/src/page/page.e2e.spec.ts';
/** Of tests that all pass, and of which two need what is not there. */
const TESTS = 'echo "tests: 10 passed, 0 failed, 2 skipped"';

describe('.ci/run', () => {
  beforeEach(({ skip }) => skip(process.platform !== 'linux', 'it is written for Linux'));

  it('adds up the tests, those in a browser, which wait for one, and those in containers, which begin when it is their turn', async () => {
    const { code, lines } = await run({
      npm: `echo "npm $*"; [ "$1" != test ] || ${TESTS}`,
      browser: 'sleep 0.3; echo "a browser is there"',
      containers: 'echo made; read -r turn && echo "tests: 8 passed, 0 failed, 1 skipped"',
    });
    expect(lines.filter((line) => /^(npm|tests:|a browser)/.test(line))).toEqual([
      `npm test -- --exclude tools/containers/** --exclude ${PAGE}`,
      'tests: 10 passed, 0 failed, 2 skipped',
      'a browser is there',
      `npm test -- ${PAGE}`,
      'tests: 10 passed, 0 failed, 2 skipped',
      'npm start -- --once --port 0 --broker-port 0',
      'tests: 8 passed, 0 failed, 1 skipped',
      'npm run chaos -- --profile short',
      'tests: 28 passed, 0 failed, 5 skipped',
    ]);
    expect(code).toBe(0);
  });

  it('says in the end why there were no containers, which fails nothing', async () => {
    const why = 'The tests in containers are not run: there is no engine.';
    const { code, lines } = await run({
      npm: TESTS,
      containers: `echo "${why}"; echo "tests: 0 passed, 0 failed, 9 skipped"; exit 3`,
    });
    expect(lines.slice(-2)).toEqual([why, 'tests: 20 passed, 0 failed, 13 skipped']);
    expect(code).toBe(0);
  });

  it.each([
    ['npm test failed', { npm: `${TESTS}; [ "$3" != --exclude ]`, containers: 'exit 3' }],
    [`npm test -- ${PAGE} failed`, { npm: `${TESTS}; [ "$3" != ${PAGE} ]`, containers: 'exit 3' }],
    ['npm start -- --once failed', { npm: `${TESTS}; [ "$1" != start ]`, containers: 'exit 3' }],
    ['npm run chaos -- --profile short failed', { npm: `${TESTS}; [ "$1" != run ]`, containers: 'exit 3' }],
    ['The tests in containers failed', { npm: TESTS, containers: 'exit 1' }],
  ])('fails when one part does, and says which: %s', async (complaint, programs) => {
    const { code, lines } = await run(programs);
    expect(lines.at(-2)).toContain(complaint);
    expect(code).toBe(1);
  });
});

/** Runs the script where `npm` and the other scripts do this. */
async function run({ npm, browser = 'exit 0', containers }) {
  const folder = await mkdtemp(join(tmpdir(), 'troupe-ci-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await mkdir(join(folder, '.ci'));
  await cp(join(root, '.ci/run'), join(folder, '.ci/run'));
  for (const [file, body] of [
    ['npm', npm],
    ['.ci/browser', browser],
    ['.ci/containers', containers],
  ]) {
    await writeFile(join(folder, file), `#!/bin/sh\n${body}\n`);
    await chmod(join(folder, file), 0o755);
  }
  const env = { ...process.env, PATH: [folder, process.env.PATH].join(delimiter) };
  return new Promise((resolve) => {
    const child = execFile('bash', ['.ci/run'], { cwd: folder, env }, (_error, stdout) =>
      resolve({ code: child.exitCode, lines: stdout.trimEnd().split('\n') }),
    );
  });
}
