import { readFile } from 'node:fs/promises';
import { expect, it, onTestFinished, vi } from 'vitest';
import { fakeApps, isRunning, temporaryFolder, until } from './fixtures/surroundings.ts';
import { OrderSystem, openHome } from './index.ts';
import type { Observer, ProcessEnd, ProcessReturn } from './supervision.ts';

function recorded(): Observer & { readonly ends: ProcessEnd[]; readonly returns: ProcessReturn[] } {
  const ends: ProcessEnd[] = [];
  const returns: ProcessReturn[] = [];
  return {
    ends,
    returns,
    onEnded: (end) => ends.push(end),
    onReturned: (back) => returns.push(back),
    onGivenUp: (error) => {
      throw error;
    },
  };
}

it('starts with what it is given, tells of each end and return, and keeps what it was given', async () => {
  vi.spyOn(console, 'log').mockReturnValue();
  onTestFinished(() => void vi.restoreAllMocks());
  const env = { ...process.env, NATS_URL: '', TROUPE_HOME: await temporaryFolder(), LOG_LEVEL: 'warn' };
  const apps = fakeApps();
  const home = await openHome(env);
  const observer = recorded();
  const system = new OrderSystem({
    apps: apps.map((app) =>
      app.name === 'payments' ? { ...app, env: { ...app.env, LOG_LEVEL: 'debug' } } : app,
    ),
    home,
    port: 0,
    brokerPort: 0,
    env,
    observer,
  });
  onTestFinished(() => system.stop());
  await system.start(new AbortController().signal);
  const payments = system.apps.find(({ name }) => name === 'payments');
  const before = [payments?.pid ?? 0, system.broker.pid ?? 0];
  for (const pid of before) process.kill(pid, 'SIGKILL');
  await until(() => observer.returns.length === 2, 'both are back');

  const after = [payments?.pid ?? 0, system.broker.pid ?? 0];
  expect(after.filter(isRunning)).toHaveLength(2);
  expect(observer.ends).toHaveLength(2);
  expect(observer.ends).toContainEqual({
    process: 'payments',
    pid: before[0],
    how: 'by SIGKILL',
    pauseMs: 250,
  });
  expect(observer.returns).toContainEqual({
    process: 'broker',
    pid: after[1],
    awayMs: expect.any(Number),
  });
  const told = async (app: string, field: string) => {
    const log = await readFile(home.logOf(app), 'utf8');
    return [...log.matchAll(new RegExp(`"${field}":"([^"]*)"`, 'g'))].map(([, text]) => text);
  };
  expect(await told('payments', 'level')).toEqual(['debug', 'debug']);
  expect(await told('shipping', 'level')).toEqual(['warn']);
  const watcher = system.apps.find(({ name }) => name === 'console');
  expect(await told('shipping', 'sees')).toEqual([watcher?.url]);
});
