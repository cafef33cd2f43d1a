import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { MODELS } from './model.ts';
import { readOptions } from './options.ts';
import type { ModelsReport } from './report.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../..', import.meta.url));
const main = fileURLToPath(new URL('../../dist/models/main.js', import.meta.url));

describe('npm run bench:models', () => {
  beforeAll(async () => {
    await run(process.execPath, ['node_modules/@typescript/native/bin/tsc', '-b', 'tools/bench'], {
      cwd: root,
    });
  }, 240_000);

  it('measures each model, fan-outs, and orchestrations that wait', async () => {
    const { stdout } = await run(process.execPath, [main, '--quick', '--rounds', '1', '--json']);
    const { plan, models, fanOuts, waiting, goals } = JSON.parse(stdout) as Required<ModelsReport>;
    for (const model of MODELS) {
      const { flowsPerSecond, appMicros, p50, p99 } = models[model];
      for (const { median } of [flowsPerSecond, appMicros, p50]) expect(median).toBeGreaterThan(0);
      expect(p99.median).toBeGreaterThanOrEqual(p50.median);
    }
    expect(models.choreographed.writes.median).toBe(4);
    expect(models.orchestrated.writes.median).toBeGreaterThanOrEqual(12);
    expect(models['by-hand'].writes.median).toBe(13);
    expect(models['request-reply'].writes.median).toBe(0);
    for (const size of plan.fanOuts.sizes) expect(fanOuts[size]?.micros.median).toBeGreaterThan(0);
    expect(waiting.rssWhile).toBeGreaterThan(0);
    expect(waiting.finishing.p99).toBeGreaterThanOrEqual(waiting.finishing.p50);
    expect(goals).toHaveLength(4);
  }, 240_000);

  it.each([
    ['fan-outs', 'fanOuts'],
    ['waiting', 'waiting'],
  ])(
    'measures %s alone, when it is told to',
    async (part, reported) => {
      const { stdout } = await run(process.execPath, [
        main,
        '--quick',
        '--rounds',
        '1',
        '--only',
        part,
        '--json',
      ]);
      expect(Object.keys(JSON.parse(stdout) as ModelsReport)).toEqual(['machine', 'plan', reported, 'goals']);
    },
    120_000,
  );

  it.each([
    [['--only', 'speed'], '--only speed'],
    [['--rounds', '0'], '--rounds 0'],
    [['--fast'], "Unknown option '--fast'"],
  ])('refuses %j', (args, sentence) => {
    expect(readOptions(args)).toContain(sentence);
  });

  it('ends with 2 when it refuses, and says how it is run', async () => {
    await expect(run(process.execPath, [main, '--only', 'speed'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^--only speed .*\n\nMeasures what each model costs/),
    });
  });
});
