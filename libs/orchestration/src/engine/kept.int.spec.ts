import 'reflect-metadata';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { Runtime } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parcelOptions } from '../parcel.spec.support.ts';
import { ParcelReady, PickItem, ReserveStation } from '../shop.spec.support.ts';
import { until } from '../until.spec.support.ts';
import { Stage } from './stage.spec.support.ts';
import { orchestrationStep } from './step.ts';

vi.setConfig({ testTimeout: 60_000 });

const A_SECOND = 1 / 86_400;

describe('what is kept of an orchestration', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  it('goes by itself some time after the end, with branches and joins, and nothing of what still runs', async () => {
    const stage = await Stage.on(server);
    await stage.orchestrator({ keepDays: A_SECOND });
    await stage.workers();
    await stage.request('running', ['red']);
    await stage.request('ended', ['red', 'blue']);
    await stage.pay('ended');
    await until('it says that it has ended', async () => (await stage.sent(ParcelReady)).length === 1);
    await until(
      'nothing of it is left',
      async () => !(await keysOf(stage)).some((key) => key.includes('.ended')),
    );
    await stage.reached('running', ({ snapshot }) => snapshot?.value === 'waiting');
    expect((await keysOf(stage)).map((key) => key.split('.')[0]).sort()).toEqual(['b', 'f', 'i', 'm']);
  });

  it('is handed back when the bucket is made anew while the app runs, and nothing is taken for nobody’s', async () => {
    const stage = await Stage.on(server);
    const shop = await stage.orchestrator();
    await stage.request('p-1', ['red']);
    await until('the station is asked for', async () => (await stage.sent(ReserveStation)).length > 0);
    const { manager, names } = stage;
    const stream = `KV_${names.bucket('orc_shop')}`;
    const { config } = await manager.streams.info(stream);
    await manager.streams.delete(stream);
    await manager.streams.add(config);
    await stage.workers();
    await until('the app says so', () =>
      shop.status().problems.some((problem) => problem.includes('made anew')),
    );
    const durable = 'shop__parcel__station_reserved_v1';
    const { num_pending, num_ack_pending } = await manager.consumers.info(names.events, durable);
    expect(num_pending + num_ack_pending).toBe(1);
    expect(await stage.sent(PickItem)).toEqual([]);
    expect(await stage.deadLetters()).toEqual([]);
  });
});

describe('two orchestrations of an app', () => {
  it('cannot have one name', () => {
    const steps = [orchestrationStep(parcelOptions), orchestrationStep({ ...parcelOptions })];
    expect(() => new Runtime({ app: 'shop', version: '1.0.0', steps })).toThrow(/both named "parcel"/);
  });
});

async function keysOf(stage: Stage): Promise<string[]> {
  const found: string[] = [];
  for await (const key of await (await stage.bucket()).keys()) found.push(key);
  return found;
}
