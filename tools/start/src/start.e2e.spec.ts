import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { expectNothingLeft, npmStart, processesIn, RUN } from './fixtures/npm-start.ts';
import { isRunning, until } from './fixtures/surroundings.ts';

describe('npm start', () => {
  it('with --once ends with 0 when the four flows reached their ends, and leaves nothing behind', async () => {
    const start = await npmStart(RUN, '--once');
    expect(await start.exitCode, start.output()).toBe(0);

    expect(start.output()).toContain('ended as declared: 2 × parcel.dispatched.v1');
    expect(start.output()).toContain('ended as declared: 1 × payment.declined.v1');
    expect(start.output()).toContain('ended as declared: 1 × payment.refunded.v1');
    expect(start.output()).toContain('ended as declared: 1 × order.fulfilled.v1');
    expect(start.output()).toMatch(/█{24} {2}(\d+) of \1 {2}completed/);
    expect(start.output().match(/^ +\w+ \S{36} is completed: \S+, .+ ago\.$/gm)).toHaveLength(4);
    expect(start.output()).not.toMatch(/dead letter|did not end cleanly/);
    await expectNothingLeft(start.output());
    expect(await readdir(join(start.home, 'logs'))).toContain('notifications.log');
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
    await start.untilItGoesOn();
    process.kill(start.pid, 'SIGTERM');
    await until(() => !processesIn(start.output()).some(isRunning), 'all processes are gone');
    await expectNothingLeft(start.output());
  }, 180_000);

  it('leaves nothing behind when it is killed with SIGKILL', async () => {
    const start = await npmStart(RUN);
    await start.untilItGoesOn();
    process.kill(-start.pid, 'SIGKILL');
    await start.exitCode;
    const pids = processesIn(start.output());
    expect(pids.length).toBe(10);
    await until(() => !pids.some(isRunning), 'all processes are gone');
    await expectNothingLeft(start.output());
  }, 180_000);
});
