import 'reflect-metadata';
import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { createApp, describeApp, Runtime, TroupeModule } from '@troupe/nest';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Orchestration } from './definition/orchestration.ts';
import { Stage } from './engine/stage.spec.support.ts';
import { OrchestrationModule } from './orchestration.module.ts';
import { parcelOptions } from './parcel.spec.support.ts';
import { ParcelRequested } from './shop.spec.support.ts';
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
