import { jetstream } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import { startNatsServer } from '@troupe/broker';
import { expect, it, onTestFinished } from 'vitest';
import { AppProcess } from './app-process.ts';
import { type App, NODE_APPS } from './apps.ts';
import { findCarrier } from './carrier.ts';
import { buildApps } from './fixtures/built.ts';
import { hasPython, NO_PYTHON } from './fixtures/has-python.ts';
import { openStored } from './fixtures/stored.ts';
import { isRunning, temporaryFolder, until } from './fixtures/surroundings.ts';
import { openHome } from './home.ts';
import { choosePorts } from './ports.ts';

const STOP = new AbortController().signal;

buildApps();

/** A parcel as shipping sends it today. */
const PARCEL = {
  orderId: 'o-1001',
  parcelId: 'par-1',
  warehouse: 'east',
  carrier: 'Northbound Freight',
  customer: { name: 'Ada Example', email: 'ada@example.com' },
  deliverTo: { street: '1 Main Street', city: 'Springfield', postalCode: '12345', country: 'US' },
  lines: [{ sku: 'TENT-2P', quantity: 1 }],
};

/** The carrier and the console, and whoever sends in shipping's name. */
async function startedCarrier() {
  const carrier = await findCarrier({ env: process.env, stop: STOP });
  if ('problem' in carrier) throw new Error(carrier.problem);
  const watcher = NODE_APPS.find(({ name }) => name === 'console') as App;
  const home = await openHome({ TROUPE_HOME: await temporaryFolder() });
  const server = await startNatsServer({ storeDir: home.store });
  onTestFinished(() => server.stop());
  const all = [watcher, carrier];
  const ports = await choosePorts(all, 0);
  const { NODE_ENV: _, VITEST: __, ...env } = process.env;
  const apps = all.map(
    (app, i) =>
      new AppProcess(app, {
        natsUrl: server.url,
        port: ports[i] ?? 0,
        dataFolder: home.data,
        logFile: home.logOf(app.name),
        env,
      }),
  );
  onTestFinished(async () => void (await Promise.all(apps.map((app) => app.stop()))));
  await Promise.all(apps.map((app) => app.ready(STOP)));
  const [watching, carrying] = apps as [AppProcess, AppProcess];
  const nats = await connect({ servers: server.url });
  onTestFinished(() => nats.close());
  const send = async (flowId: string, parcel: object) => {
    const event = headers();
    const attributes = {
      specversion: '1.0',
      id: flowId,
      source: '/shipping/dispatch',
      type: 'parcel.dispatched.v1',
      datacontenttype: 'application/json',
      correlationid: flowId,
    };
    for (const [name, value] of Object.entries(attributes)) event.set(`ce-${name}`, value);
    await jetstream(nats).publish('evt.parcel.dispatched.v1.0', JSON.stringify(parcel), { headers: event });
  };
  const stored = await openStored(server.url);
  const isDelivered = async (flowId: string) =>
    ((await stored.flows()).get(flowId)?.get('parcel.delivered.v1') ?? 0) === 1;
  return { carrying, watching, send, stored, isDelivered };
}

it('takes a field that is new to it, and sets aside what breaks its contract, in one process', async (test) => {
  test.skip(!(await hasPython()), NO_PYTHON);
  const { carrying, watching, send, stored, isDelivered } = await startedCarrier();
  const { pid } = carrying;
  await send('before', PARCEL);
  await until(() => isDelivered('before'), 'a parcel of today is delivered', 60_000);

  await send('after', { ...PARCEL, giftNote: 'for Grace' });
  await until(() => isDelivered('after'), 'a parcel with a new field is delivered', 60_000);
  expect(await stored.deadLetters()).toBe(0);

  const { deliverTo: _, ...broken } = PARCEL;
  await send('broken', broken);
  await until(async () => (await stored.deadLetters()) === 1, 'the broken one is set aside', 60_000);
  const alertsOf = async () => (await fetch(`${watching.url}/alerts`)).text();
  await until(async () => (await alertsOf()).includes('contract-break'), 'an alert tells of it', 60_000);
  expect(await alertsOf()).toContain('/shipping/dispatch');

  await send('later', PARCEL);
  await until(() => isDelivered('later'), 'the next one is delivered', 60_000);
  expect((await stored.flows()).get('broken')).toEqual(new Map([['parcel.dispatched.v1', 1]]));
  expect([carrying.pid, isRunning(pid)]).toEqual([pid, true]);
}, 300_000);
