import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { CONTENDERS } from './contenders.ts';
import type { ChecksReport } from './report.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../..', import.meta.url));
const main = fileURLToPath(new URL('../../dist/checks/main.js', import.meta.url));

describe('npm run bench:contracts', () => {
  beforeAll(async () => {
    await run(process.execPath, ['node_modules/@typescript/native/bin/tsc', '-b', 'tools/bench'], {
      cwd: root,
    });
  });

  it('measures every contender on both orders in each round, and the start', async () => {
    const { stdout } = await run(process.execPath, [main, '--quick', '--json']);
    const { rounds, lines, compiling } = JSON.parse(stdout) as ChecksReport;
    expect(Object.keys(lines)).toEqual(['3', '50']);
    for (const samples of Object.values(lines)) {
      expect(Object.keys(samples)).toEqual([...CONTENDERS]);
      for (const name of CONTENDERS) {
        expect(samples[name]).toHaveLength(rounds);
        expect(Math.min(...samples[name])).toBeGreaterThan(0);
      }
    }
    expect(compiling).toHaveLength(rounds);
    expect(Math.min(...compiling.flatMap(({ wallMs, cpuMs }) => [wallMs, cpuMs]))).toBeGreaterThan(0);
  }, 120_000);

  it('refuses an option that it does not know', async () => {
    await expect(run(process.execPath, [main, '--fast'])).rejects.toMatchObject({ code: 2 });
  });
});
