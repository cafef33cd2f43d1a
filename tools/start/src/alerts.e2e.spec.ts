import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setInterval } from 'node:timers/promises';
import { startNatsServer } from '@troupe/broker';
import { expect, it, onTestFinished } from 'vitest';
import { AppProcess } from './app-process.ts';
import { NODE_APPS, WORKSPACE } from './apps.ts';
import { findCarrier } from './carrier.ts';
import { buildApps } from './fixtures/built.ts';
import { hasPython, NO_PYTHON } from './fixtures/has-python.ts';
import { temporaryFolder, until } from './fixtures/surroundings.ts';
import { type Told, webhookReceiver } from './fixtures/webhook-receiver.ts';
import { openHome } from './home.ts';
import { placeOrder } from './place-order.ts';
import { choosePorts } from './ports.ts';
import { SAMPLES } from './samples.ts';

/** What must last for so long is an alert, ms. */
const PATIENCE_MS = 10_000;
const STOP = new AbortController().signal;

buildApps();

interface Alert {
  readonly id: string;
  /** ms since the epoch */
  readonly since: number;
}

/** The apps, each a process that is not started again by itself. */
async function startedApps() {
  const home = await openHome({ TROUPE_HOME: await temporaryFolder() });
  const server = await startNatsServer({ storeDir: home.store });
  onTestFinished(() => server.stop());
  const told: Told[] = [];
  const webhook = await webhookReceiver(told);
  const carrier = await findCarrier({ env: process.env, stop: STOP });
  if ('problem' in carrier) throw new Error(carrier.problem);
  const all = [...NODE_APPS, carrier];
  const ports = await choosePorts(all, 0);
  const { NODE_ENV: _, VITEST: __, ...env } = process.env;
  const apps = all.map(
    (app, i) =>
      new AppProcess(app, {
        natsUrl: server.url,
        port: ports[i] ?? 0,
        dataFolder: home.data,
        logFile: home.logOf(app.name),
        env: { ...env, ...webhook, TROUPE_ALERT_AFTER: `${PATIENCE_MS}ms` },
      }),
  );
  onTestFinished(async () => void (await Promise.all(apps.map((app) => app.stop()))));
  const appNamed = (name: string): AppProcess => {
    const app = apps.find((each) => each.name === name);
    if (app === undefined) throw new Error(`there is no ${name}`);
    return app;
  };
  return { apps, appNamed, told };
}

/** Follows the console's alerts: those that fire, and all that ever did. */
function followed(url: string) {
  const ever = new Map<string, Alert>();
  let now: { readonly alerts: readonly Alert[]; readonly lookedAt?: number } = { alerts: [] };
  const end = new AbortController();
  const following = (async () => {
    for await (const _ of setInterval(100, undefined, { signal: end.signal })) {
      const answer = await fetch(`${url}/alerts`).catch(() => undefined);
      if (answer?.ok === true) now = (await answer.json()) as typeof now;
      for (const alert of now.alerts) ever.set(`${alert.id} ${alert.since}`, alert);
    }
  })().catch((error: unknown) => {
    if (!end.signal.aborted) throw error;
  });
  onTestFinished(() => {
    end.abort();
    return following;
  });
  return { ever: () => [...ever.values()], firing: () => now.alerts.map(({ id }) => id), now: () => now };
}

async function isCompleted(url: string, orderId: string): Promise<boolean> {
  const answer = await fetch(`${url}/where/${orderId}`);
  const { flows } = (await answer.json()) as { flows?: { state: string }[] };
  return flows?.[0]?.state === 'completed';
}

it('raises no alert while all goes well, and one for an app that is killed until it is back', async (test) => {
  test.skip(!(await hasPython()), NO_PYTHON);
  const startedAt = Date.now();
  const { apps, appNamed, told } = await startedApps();
  const [{ url: console }, { url: storefront }] = [appNamed('console'), appNamed('storefront')];
  const alerts = followed(console);
  await Promise.all(apps.map((app) => app.ready(STOP)));
  const readyAt = Date.now();
  const orders = await Promise.all(SAMPLES.map((sample) => placeOrder(storefront, sample, STOP)));
  for (const { orderId } of orders)
    await until(() => isCompleted(console, orderId), 'the samples ended', 60_000);
  const watched = () => (alerts.now().lookedAt ?? 0) > readyAt + PATIENCE_MS + 5_000;
  await until(watched, 'an alert would have begun', 90_000);
  // An app that took longer to start was rightly missed.
  const isSlow = readyAt - startedAt > PATIENCE_MS;
  expect(alerts.ever().filter(({ since }) => !isSlow || since > readyAt)).toEqual([]);
  expect(alerts.firing()).toEqual([]);

  const before = alerts.ever().length;
  const victim = appNamed('notifications');
  process.kill(victim.pid, 'SIGKILL');
  await victim.exited;
  const missed = await placeOrder(storefront, SAMPLES[0], STOP);
  const expected = 'step-without-instance/notifications__notify';
  await until(() => alerts.firing().includes(expected), 'it is missed', 90_000);
  expect(alerts.firing()).toEqual([expected]);
  expect(await unknownTo(apps.filter((app) => app !== victim))).toEqual([]);

  await victim.runAgain(STOP);
  await until(() => alerts.firing().length === 0, 'the alert is over', 90_000);
  await until(() => isCompleted(console, missed.orderId), 'the order ended', 60_000);
  expect(alerts.ever().slice(before)).toMatchObject([{ id: expected }]);
  await until(() => told.some(({ type }) => type === 'alert.resolved'), 'the end is told');
  expect(told.slice(-2).map(({ type }) => type)).toEqual(['alert.firing', 'alert.resolved']);
}, 400_000);

/** The metrics and labels that the shipped rules and the dashboard ask for, and no app has. */
async function unknownTo(apps: readonly AppProcess[]): Promise<string[]> {
  const pages = await Promise.all(apps.map(async ({ url }) => (await fetch(`${url}/metrics`)).text()));
  const text = pages.join('\n');
  const known = new Set([...text.matchAll(/[{,]([a-z_]+)="/g)].map(([, label]) => label));
  for (const [, name = '', kind] of text.matchAll(/^# TYPE (\S+) (\S+)$/gm)) {
    known.add(name);
    if (kind === 'histogram') for (const part of ['bucket', 'sum', 'count']) known.add(`${name}_${part}`);
  }
  const files = ['deploy/prometheus/troupe.rules.yml', 'deploy/grafana/troupe.json'];
  const asked = await Promise.all(files.map((file) => readFile(join(WORKSPACE, file), 'utf8')));
  const words = new Set(asked.join('\n').match(/\b(?:troupe|messaging)_[a-z_]+\b/g));
  expect(words.size).toBeGreaterThan(20);
  return [...words].filter((word) => !known.has(word));
}
