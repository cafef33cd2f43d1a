import { Module } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { next, TerminalError } from '@troupe/jetstream';
import { closeApp, createApp, TroupeModule } from '@troupe/nest';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { Orchestration } from '../definition/orchestration.ts';
import { Stage } from '../engine/stage.spec.support.ts';
import { OrchestrationModule } from '../orchestration.module.ts';
import { parcelOptions } from '../parcel.spec.support.ts';
import { ParcelRequested, StationReserved } from '../shop.spec.support.ts';
import type { StatusBody } from './body.ts';

vi.setConfig({ testTimeout: 60_000 });

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server?.stop());

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

/** The app of a stage, listening to nobody. */
async function shop(stage: Stage): Promise<NestFastifyApplication> {
  vi.stubEnv('NATS_URL', server.url);
  vi.stubEnv('TROUPE_PREFIX', stage.prefix);
  const app = await createApp(ShopModule, { logger: { log() {}, warn() {}, error() {} } });
  vi.unstubAllEnvs();
  onTestFinished(() => closeApp(app));
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  await expect
    .poll(async () => (await app.inject({ url: '/health/ready' })).statusCode, { timeout: 20_000 })
    .toBe(200);
  return app;
}

const payload = { parcel: 'p-1', items: ['red', 'blue'] };

/** Waits by long polls, as a client would, until the status is as expected. */
async function awaited(
  app: NestFastifyApplication,
  url: string,
  isReached: (status: StatusBody) => boolean,
): Promise<StatusBody> {
  for (let etag = ''; ; ) {
    const answer = await app.inject({
      url: `${url}?wait=10s`,
      headers: { 'if-none-match': etag || '"none"' },
    });
    if (answer.statusCode === 304) continue;
    expect(answer.statusCode).toBe(200);
    const status = answer.json<StatusBody>();
    if (isReached(status)) return status;
    etag = String(answer.headers.etag);
  }
}

describe('an orchestration that runs', () => {
  it('is begun once by any number of requests with one key, and polled to its end', async () => {
    const stage = await Stage.on(server);
    await stage.workers();
    const app = await shop(stage);
    const post = () =>
      app.inject({ method: 'POST', url: '/parcels', payload, headers: { 'idempotency-key': 'k' } });
    const begun = await Promise.all([post(), post(), post()]);
    expect(new Set(begun.map(({ headers }) => headers.location)).size).toBe(1);
    const url = String(begun[0]?.headers.location);
    const waiting = await awaited(app, url, ({ state }) => state === 'waiting');
    expect(waiting.progress).toEqual({ done: 3, total: 3 });
    expect(waiting.timers).toHaveLength(1);
    expect((await post()).json()).toMatchObject({ id: waiting.id, state: 'waiting' });
    expect(await stage.sent(ParcelRequested)).toHaveLength(1);

    const ended = app.inject({ url: `${url}?wait=60s` }).then((answer) => answer.json<StatusBody>());
    await stage.pay(waiting.id);
    expect(await ended).toMatchObject({ status: 'completed', state: 'ready', timers: [] });
  });

  it('that failed is retried by a person', async () => {
    const stage = await Stage.on(server);
    let isBroken = true;
    await stage.workers({
      reserve: () => {
        if (isBroken) throw new TerminalError('no station is free');
        return next(StationReserved, { station: 'north-3' });
      },
    });
    const app = await shop(stage);
    const { headers } = await app.inject({ method: 'POST', url: '/parcels', payload });
    const url = String(headers.location);
    const suspended = await awaited(app, url, ({ status }) => status === 'suspended');
    expect(suspended.errors).toMatchObject([{ code: 'terminal-error', command: 'station.reserve' }]);
    isBroken = false;
    const retried = await app.inject({ method: 'POST', url: `${url}/retry`, payload: { by: 'ada' } });
    expect(retried.statusCode).toBe(202);
    await awaited(app, url, ({ state }) => state === 'waiting');
  });

  it('is cancelled, also before it began, and says what was undone', async () => {
    const stage = await Stage.on(server);
    await stage.workers();
    const app = await shop(stage);
    const { headers } = await app.inject({ method: 'POST', url: '/parcels', payload });
    const url = String(headers.location);
    await awaited(app, url, ({ state }) => state === 'waiting');
    expect((await app.inject({ method: 'DELETE', url })).statusCode).toBe(202);
    const { compensation } = await awaited(app, url, ({ status }) => status === 'cancelled');
    expect(compensation?.undone.map(({ name, key }) => [name, key])).toEqual([
      ['picks', 'blue'],
      ['picks', 'red'],
      ['station.reserve', undefined],
    ]);
    expect((await app.inject({ method: 'DELETE', url })).statusCode).toBe(409);

    const second = await app.inject({ method: 'POST', url: '/parcels', payload });
    const early = String(second.headers.location);
    expect((await app.inject({ method: 'DELETE', url: early })).statusCode).toBe(202);
    await awaited(app, early, ({ status }) => status === 'cancelled');
  });
});
