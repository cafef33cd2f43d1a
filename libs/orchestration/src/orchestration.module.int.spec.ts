import 'reflect-metadata';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { createApp, describeApp, Runtime, TroupeModule } from '@troupe/nest';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { setup } from 'xstate';
import { emit } from './definition/actions.ts';
import { Orchestration } from './definition/orchestration.ts';
import { flowOf, reportOf, say, site } from './engine/console.spec.support.ts';
import { carrierSteps, courierOptions } from './engine/courier.spec.support.ts';
import { Stage } from './engine/stage.spec.support.ts';
import { OrchestrationModule } from './orchestration.module.ts';
import { parcelOptions } from './parcel.spec.support.ts';
import { ParcelConsigned, ParcelDelivered, ParcelRequested } from './shop.spec.support.ts';
import { until } from './until.spec.support.ts';

vi.setConfig({ testTimeout: 60_000 });

@Orchestration(parcelOptions as never)
class Parcel {}

const MIB = 1024 * 1024;
const streams = { eventsMaxBytes: 64 * MIB, deadLettersMaxBytes: 8 * MIB, noticesMaxBytes: 8 * MIB };

@Module({
  imports: [
    TroupeModule.forRoot({ app: 'shop', version: '1.0.0', produces: [ParcelRequested], streams }),
    OrchestrationModule.forFeature(Parcel),
  ],
})
class ShopModule {}

/** The carrier, as an orchestration: over as soon as it has begun. */
const carrierMachine = setup({
  types: { context: {} as { parcel: string }, input: {} as ParcelConsigned },
}).createMachine({
  id: 'carrier',
  context: ({ input: { parcel } }) => ({ parcel }),
  initial: 'delivered',
  states: {
    delivered: { entry: emit(ParcelDelivered, ({ context: { parcel } }) => ({ parcel })), type: 'final' },
  },
});

@Orchestration({
  name: 'carrier',
  version: 1,
  machine: carrierMachine,
  starts: ParcelConsigned,
  commands: [],
  emits: [ParcelDelivered],
  from: 'beginning',
})
class Carrier {}

@Module({
  imports: [
    TroupeModule.forRoot({ app: 'carrier', version: '1.0.0', produces: [ParcelConsigned], streams }),
    OrchestrationModule.forFeature(Carrier),
  ],
})
class CarrierModule {}

@Orchestration(courierOptions() as never)
class Courier {}

@Module({
  imports: [
    TroupeModule.forRoot({ app: 'shop', version: '1.0.0', produces: [ParcelRequested], streams }),
    OrchestrationModule.forFeature(Courier),
  ],
})
class CourierModule {}

describe('an orchestration in an app', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  it('is a step of it, which the app’s description shows', async () => {
    const { steps } = await describeApp(ShopModule);
    expect(steps).toHaveLength(1);
    expect(steps[0]).toMatchObject({ name: 'shop__parcel', from: 'beginning' });
    expect(steps[0]?.consumes.map(({ id }) => id)).toContain('parcel.requested.v1');
    expect(steps[0]?.emits.map(({ id }) => id)).toContain('station.reserve.v1');
  });

  it('is begun over HTTP, runs, and is asked how far it is', async () => {
    const stage = await Stage.on(server);
    await stage.workers();
    vi.stubEnv('NATS_URL', server.url);
    vi.stubEnv('TROUPE_PREFIX', stage.prefix);
    onTestFinished(() => void vi.unstubAllEnvs());
    const app = await started(ShopModule);

    const begun = await app.inject({
      method: 'POST',
      url: '/parcels',
      payload: { parcel: 'p-1', items: ['red'] },
    });
    expect(begun.statusCode).toBe(202);
    const url = String(begun.headers.location);
    await until(
      'it waits for the payment',
      async () => (await app.inject({ url })).json().state === 'waiting',
    );
    await stage.pay(decodeURIComponent(url.split('/').at(-1) ?? ''));
    await until('it is completed', async () => (await app.inject({ url })).json().status === 'completed');
  });

  it.each([
    ['the console', (ledger: string) => ({ TROUPE_CONSOLE_URL: ledger })],
    [
      'the ledger before the console, which it links to,',
      (ledger: string) => ({ TROUPE_CONSOLE_URL: 'https://people.example', TROUPE_LEDGER_URL: ledger }),
    ],
  ])('asks %s that the environment names for the report of what it handed off', async (_, named) => {
    const stage = await Stage.on(server);
    await stage.app('carrier', carrierSteps());
    const ledger = await site((url, response) =>
      say(response, reportOf(flowOf(url), { state: 'completed' })),
    );
    vi.stubEnv('NATS_URL', server.url);
    vi.stubEnv('TROUPE_PREFIX', stage.prefix);
    const sites = named(ledger.url);
    for (const [name, url] of Object.entries(sites)) vi.stubEnv(name, url);
    onTestFinished(() => void vi.unstubAllEnvs());
    const app = await started(CourierModule);
    await stage.request('p-1', ['red']);
    const status = await until('it is completed', async () => {
      const found = (await app.inject({ url: '/parcels/p-1' })).json();
      return found.status === 'completed' && found;
    });
    expect(status).toMatchObject({
      steps: [
        {
          kind: 'hand-off',
          status: 'answered',
          result: { contract: 'parcel.delivered.v1', data: { parcel: 'red' } },
          report: { state: 'completed' },
          flow: `${sites.TROUPE_CONSOLE_URL}/flows/p-1%2Fcarrier%2F1`,
        },
      ],
      result: { contract: 'parcel.ready.v1', data: { parcel: 'all' } },
    });
  });

  it('is polled by its master status where another one handed off to it, and its end does not come', async () => {
    const [stage, elsewhere] = await Promise.all([Stage.on(server), Stage.on(server)]);
    vi.stubEnv('NATS_URL', server.url);
    vi.stubEnv('TROUPE_PREFIX', elsewhere.prefix);
    onTestFinished(() => void vi.unstubAllEnvs());
    const carrier = await started(CarrierModule);
    await carrier.listen(0, '127.0.0.1');
    const url = await carrier.getUrl();
    const status = ({ flowId }: { flowId: string }) => `${url}/carriers/${encodeURIComponent(flowId)}`;
    await stage.orchestrator(courierOptions({ within: '100ms', every: '100ms', polls: 100, status }));
    await stage.request('p-1', ['red']);
    const { commands } = await stage.reached(
      'p-1',
      (record) => (record.commands[0]?.handOff?.polls ?? 0) > 0,
    );
    expect(commands).toMatchObject([{ status: 'open' }]);
    const remote = await elsewhere.app('remote', [], { produces: [ParcelConsigned] });
    await remote.producer.send(ParcelConsigned, { parcel: 'red' }, { flowId: 'p-1/carrier/1' });
    expect((await stage.ended('p-1')).snapshot?.context.got).toMatchObject([
      { type: 'carrier.completed', contract: 'parcel.delivered.v1', data: { parcel: 'red' } },
    ]);
    expect(await stage.sent(ParcelDelivered)).toEqual([]);
  });

  it('does not start when it is begun with an event that the app does not send', async () => {
    @Module({
      imports: [
        TroupeModule.forRoot({ app: 'shop', version: '1.0.0' }),
        OrchestrationModule.forFeature(Parcel),
      ],
    })
    class Silent {}
    await expect(createApp(Silent, { logger: false as never })).rejects.toThrow(
      /parcel is started over HTTP with ParcelRequested/,
    );
  });

  it('refuses a class that is none', () => {
    class Nothing {}
    expect(() => OrchestrationModule.forFeature(Nothing)).toThrow(
      'Orchestration Nothing has no @Orchestration.',
    );
  });
});

async function started(module: new () => object): Promise<NestFastifyApplication> {
  const app = await createApp(module);
  onTestFinished(() => app.close());
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  await app.get(Runtime, { strict: false }).start();
  return app;
}
