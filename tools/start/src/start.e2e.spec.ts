import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { NODE_APPS } from './apps.ts';
import { hasPython, NO_PYTHON } from './fixtures/has-python.ts';
import { expectNothingLeft, npmStart, npmStartIn, processesIn, RUN } from './fixtures/npm-start.ts';
import { isRunning, pathOf, until } from './fixtures/surroundings.ts';

describe('npm start', () => {
  it('with --once ends with 0 when every flow of the three models reached its end, and leaves nothing behind', async (test) => {
    test.skip(!(await hasPython()), NO_PYTHON);
    const start = await npmStart(RUN, '--once');
    expect(await start.exitCode, start.output()).toBe(0);

    expect(endsIn(start.output())).toEqual([
      'choreographed: 2 × parcel.delivered.v1',
      'choreographed: 1 × parcel.returned.v1',
      'choreographed: 1 × payment.declined.v1',
      'choreographed: 1 × payment.refunded.v1',
      'orchestrated: 1 × fulfilment.cancelled.v1',
      'hybrid: 1 × parcel.delivered.v1 in carrier/1',
    ]);
    expect(start.output()).toMatch(/█{24} {2}(\d+) of \1 {2}completed/);
    expect(start.output().match(/^ +\w+ \S{36} is completed: \S+, .+ ago\.$/gm)).toHaveLength(6);
    expect(start.output()).not.toMatch(/dead letter|did not end cleanly/);
    await expectNothingLeft(start.output());
    expect(await readdir(join(start.home, 'logs'))).toContain('notifications.log');
  }, 300_000);

  it('without a Python says so, goes on without the carrier, and ends with 0 while parcels wait for it', async () => {
    const PATH = await pathOf('nats-server', 'sleep', 'rm');
    const start = await npmStartIn({ ...process.env, PATH }, RUN, '--once');
    expect(await start.exitCode, start.output()).toBe(0);

    expect(start.output()).toMatch(
      /The carrier is left out, and parcels wait for it: .*python3 is not installed/,
    );
    expect(start.output().match(/waits for the carrier: .+\.v1/g)).toHaveLength(3);
    expect(endsIn(start.output())).toHaveLength(3);
    expect(start.output()).toMatch(/carrier.collect/);
    expect(processesIn(start.output())).toHaveLength(NODE_APPS.length + 1);
    await expectNothingLeft(start.output());
  }, 180_000);

  it.each([
    { signal: 'SIGINT', to: 'the whole group, as Ctrl-C in a terminal does' },
    { signal: 'SIGTERM', to: 'the first process alone' },
  ] as const)(
    'ends cleanly with 0 on $signal to $to',
    async ({ signal, to }) => {
      const start = await npmStart(RUN);
      await start.untilItGoesOn();
      if (to.includes('group')) process.kill(-start.pid, signal);
      else process.kill(start.pid, signal);

      expect(await start.exitCode, start.output()).toBe(0);
      expect(start.output()).toMatch(/Stopping .* \.\.\.\n {2}done/);
      expect(start.output()).not.toContain('did not end cleanly');
      await expectNothingLeft(start.output());
    },
    180_000,
  );

  it('leaves nothing behind when npm alone gets SIGTERM', async () => {
    const start = await npmStart(['npm', 'start', '--']);
    await start.untilAllRun();
    process.kill(start.pid, 'SIGTERM');
    await until(() => !processesIn(start.output()).some(isRunning), 'all processes are gone');
    await expectNothingLeft(start.output());
  }, 180_000);

  it('leaves nothing behind when it is killed with SIGKILL', async () => {
    const start = await npmStart(RUN);
    await start.untilAllRun();
    process.kill(-start.pid, 'SIGKILL');
    await start.exitCode;
    const pids = processesIn(start.output());
    expect(pids.length).toBeGreaterThan(NODE_APPS.length);
    await until(() => !pids.some(isRunning), 'all processes are gone');
    await expectNothingLeft(start.output());
  }, 180_000);
});

/** The flows that ended as declared: their models, and what ended them. */
function endsIn(output: string): string[] {
  const ended = output.matchAll(/ (\w+): .*\n +ended as declared: (.*) \(/g);
  return [...ended].map(([, model, end]) => `${model}: ${end}`);
}
