import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { readOptions, STORES } from './options.ts';
import type { LedgerReport } from './report.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../..', import.meta.url));
const main = fileURLToPath(new URL('../../dist/ledger/main.js', import.meta.url));

describe('npm run bench:ledger', () => {
  beforeAll(async () => {
    await run(process.execPath, ['node_modules/@typescript/native/bin/tsc', '-b', 'tools/bench'], {
      cwd: root,
    });
  });

  it.each(STORES)(
    'measures a ledger in %s: at each size, beside the chain, live, and with a queue',
    async (store) => {
      const { stdout } = await run(process.execPath, [main, '--quick', '--json', '--store', store]);
      const { plan, measured, goals } = JSON.parse(stdout) as LedgerReport;

      expect(plan.store).toBe(store);
      expect(measured.ingest.map(({ messages }) => messages)).toEqual(plan.sizes);
      for (const { memory, byKey, byMessage, ...size } of measured.ingest) {
        const figures = [...Object.values(size), ...memory, byKey.p50, byMessage.p50];
        expect(Math.min(...figures)).toBeGreaterThan(0);
      }
      expect(measured.without.map(({ ledger }) => ledger)).toEqual([0]);
      for (const { hopsPerSecond, runtime, ledger } of [
        ...measured.with,
        ...measured.watched,
        measured.live.with,
        measured.live.watched,
      ])
        expect(Math.min(hopsPerSecond, runtime, ledger)).toBeGreaterThan(0);
      expect(measured.live.visibility.p99).toBeGreaterThan(0);
      expect(measured.queued.p99).toBeGreaterThan(0);
      expect(goals).toHaveLength(7);
      for (const { figure } of goals) expect(figure).not.toBeNaN();
    },
    120_000,
  );

  it.each([
    ['--messages', 'many'],
    ['--messages', '1000000,99'],
    ['--store', 'mysql'],
    ['--rounds', '0'],
  ])('refuses %s %s', (option, value) => {
    expect(readOptions([option, value])).toContain(`${option} ${value}`);
  });

  it('ends with 2 when it refuses, and says how it is run', async () => {
    await expect(run(process.execPath, [main, '--store', 'mysql'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/^--store mysql .*\n\nMeasures the ledger/),
    });
  });
});
