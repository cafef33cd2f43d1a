import 'reflect-metadata';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import type { Instrumentation } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { ParcelReady, PickItem, ReserveStation } from '../shop.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

vi.setConfig({ testTimeout: 60_000 });

describe('an orchestration', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  it('goes from its start through commands, a fan-out and an awaited event to its end', async () => {
    const stage = await Stage.on(server);
    await stage.workers();
    await stage.orchestrator();
    await stage.request('p-1', ['red', 'blue']);
    await stage.reached('p-1', ({ snapshot }) => snapshot?.value === 'waiting');
    await stage.pay('p-1');
    const record = await stage.ended('p-1');
    await stage.settled('shop');

    expect(record.status).toBe('completed');
    expect(record.snapshot?.context).toEqual({
      parcel: 'p-1',
      items: ['red', 'blue'],
      station: 'north-3',
      picked: ['red', 'blue'],
    });
    expect(await stage.sent(ReserveStation)).toMatchObject([{ parcel: 'p-1', flow: 'p-1' }]);
    expect((await stage.sent(PickItem)).map(({ item }) => item).sort()).toEqual(['blue', 'red']);
    expect(await stage.sent(ParcelReady)).toMatchObject([{ parcel: 'p-1', flow: 'p-1' }]);
  });

  it('tells telemetry of each transition, and of none that changes nothing', async () => {
    const stage = await Stage.on(server);
    const parts: Readonly<Record<string, unknown>>[] = [];
    const observed = { run: <T>(handler: () => T) => handler(), end: () => {}, headers: {} };
    const instrumentation: Instrumentation = {
      process: () => observed,
      send: () => observed,
      part: (name, _, attributes) => parts.push({ name, ...attributes }),
    };
    await stage.workers();
    await stage.orchestrator({}, { instrumentation });
    await stage.request('p-1', ['red']);
    await stage.request('p-1', ['red'], 'again');
    await stage.reached('p-1', ({ snapshot }) => snapshot?.value === 'waiting');
    await stage.settled('shop');
    expect(
      parts.map((part) => [
        part['orchestration.input'],
        part['orchestration.state.before'],
        part['orchestration.state.after'],
      ]),
    ).toEqual([
      ['start', '', 'reserving'],
      ['station.reserved.v1', 'reserving', 'picking'],
      ['joined', 'picking', 'waiting'],
    ]);
    expect(parts[1]).toMatchObject({ name: 'transition parcel', 'orchestration.command': 'station.reserve' });
  });
});
