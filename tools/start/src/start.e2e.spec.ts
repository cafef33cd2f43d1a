import { type ChildProcess, spawn } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { WORKSPACE } from './apps.ts';
import { isRunning, listens, temporaryFolder, until } from './fixtures/surroundings.ts';

describe('npm start', () => {
  it('with --once ends with 0 when the three flows reached their ends, and leaves nothing behind', async () => {
    const start = await npmStart(RUN, '--once');
    expect(await start.exitCode, start.output()).toBe(0);

    expect(start.output()).toContain('ended as declared: 2 × parcel.dispatched.v1');
    expect(start.output()).toContain('ended as declared: 1 × payment.declined.v1');
    expect(start.output()).toContain('ended as declared: 1 × payment.refunded.v1');
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
    expect(pids.length).toBe(6);
    await until(() => !pids.some(isRunning), 'all processes are gone');
    await expectNothingLeft(start.output());
  }, 180_000);
});

interface Start {
  readonly pid: number;
  readonly home: string;
  /** 137 and the like when a signal ended it. */
  readonly exitCode: Promise<number>;
  /** Resolves when the sample flows ended and new ones are awaited. */
  untilItGoesOn(): Promise<void>;
  output(): string;
}

type Command = readonly [program: string, ...args: string[]];

/** What `npm start` runs; npm's own exit code after a signal tells nothing. */
const RUN: Command = [process.execPath, 'tools/workspace/run.mjs', 'start'];

/** Runs the start in a process group of its own, on free ports and a store of its own. */
async function npmStart([program, ...args]: Command, ...options: string[]): Promise<Start> {
  const home = await temporaryFolder();
  const { NODE_ENV: _, VITEST: __, NATS_URL: ___, ...env } = process.env;
  const child = spawn(program, [...args, '--port', '0', '--broker-port', '0', ...options], {
    cwd: WORKSPACE,
    env: { ...env, TROUPE_HOME: home },
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => endGroup(child));
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exitCode = new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 137)));
  const ended = exitCode.then((code) => Promise.reject(new Error(`it ended with ${code}:\n${output}`)));
  ended.catch(() => undefined);
  const goesOn = () => until(() => output.includes('until Ctrl-C'), 'the sample flows ended', 120_000);
  return {
    pid: child.pid ?? 0,
    home,
    exitCode,
    untilItGoesOn: () => Promise.race([goesOn(), ended]),
    output: () => output,
  };
}

function endGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already, as it should be.
  }
}

/** The process ids that the start named: the broker's and the apps'. */
function processesIn(output: string): number[] {
  return [...new Set([...output.matchAll(/\(process (\d+)/g)].map(([, pid]) => Number(pid)))];
}

async function expectNothingLeft(output: string): Promise<void> {
  expect(processesIn(output).filter(isRunning)).toEqual([]);
  const ports = [...new Set([...output.matchAll(/127\.0\.0\.1:(\d+)/g)].map(([, port]) => Number(port)))];
  expect(ports.length).toBe(6);
  const held = await Promise.all(ports.map(async (port) => ((await listens(port)) ? [port] : [])));
  expect(held.flat()).toEqual([]);
}
