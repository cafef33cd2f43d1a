import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { VARIANTS } from './chain.ts';
import type { Report } from './report.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../..', import.meta.url));
const main = fileURLToPath(new URL('../dist/main.js', import.meta.url));

describe('npm run bench', () => {
  beforeAll(async () => {
    await run(process.execPath, ['node_modules/@typescript/native/bin/tsc', '-b', 'tools/bench'], {
      cwd: root,
    });
  });

  it('measures all three variants in each round and reports every figure', async () => {
    const { stdout } = await run(process.execPath, [
      main,
      '--quick',
      '--rounds',
      '2',
      '--sync-interval',
      'always',
      '--json',
    ]);
    const { plan, variants, goals } = JSON.parse(stdout) as Report;

    expect(plan).toMatchObject({ rounds: 2, syncInterval: 'always' });
    for (const variant of VARIANTS) {
      const { hopsPerSecond, clientMicros, p50, p99 } = variants[variant];
      for (const spread of [hopsPerSecond, clientMicros, p50, p99]) {
        expect(spread.min).toBeGreaterThan(0);
        expect(spread.median).toBeGreaterThanOrEqual(spread.min);
        expect(spread.max).toBeGreaterThanOrEqual(spread.median);
      }
      expect(p99.max).toBeGreaterThanOrEqual(p50.max);
    }
    expect(goals.map(({ name }) => name)).toEqual([
      'throughput / tuned',
      'throughput / documented',
      'p99 / tuned',
    ]);
    for (const { ratio } of goals) expect(ratio).toBeGreaterThan(0);
  }, 120_000);

  it('refuses a sync interval that is none', async () => {
    await expect(run(process.execPath, [main, '--sync-interval', 'never'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--sync-interval never'),
    });
  });

  it('refuses an option that it does not know', async () => {
    await expect(run(process.execPath, [main, '--fast'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("Unknown option '--fast'"),
    });
  });
});
