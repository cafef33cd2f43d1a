import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { Stage, startServer, until } from '../stage.spec.support.ts';
import { Receiver } from './receiver.spec.support.ts';

const main = fileURLToPath(new URL('../../dist/watchdog/watchdog-process.spec.support.js', import.meta.url));

it('tells what a killed watchdog had begun to tell, under the same ids, and nothing twice that was taken', async () => {
  const stage = await Stage.on(await startServer());
  await stage.app('storefront', []);
  let isBack = false;
  const receiver = await Receiver.start(({ data }) =>
    data.id.includes('__dispatch/') && !isBack ? 503 : 204,
  );
  const first = watchdogProcess(stage, receiver);
  const taken = await until('one alert was taken', () => receiver.taken[0]);
  const refused = await until('one was refused after it', () =>
    receiver.requests.slice(receiver.requests.indexOf(taken)).find(({ status }) => status === 503),
  );
  watchdogProcess(stage, receiver);
  first.kill('SIGKILL');
  isBack = true;
  await until('the second one told it', () => receiver.taken.some(({ id }) => id === refused.id));
  expect(receiver.taken.filter(({ id }) => id === taken.id)).toHaveLength(1);
  expect(new Set(receiver.requests.map(({ id }) => id)).size).toBe(2);
});

function watchdogProcess(stage: Stage, { url, secret }: Receiver): ChildProcess {
  const child = spawn(process.execPath, [main], {
    stdio: 'ignore',
    env: {
      PATH: process.env.PATH,
      SERVER: stage.server.url,
      PREFIX: stage.prefix,
      WEBHOOK_URL: url,
      WEBHOOK_SECRET: secret,
    },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}
