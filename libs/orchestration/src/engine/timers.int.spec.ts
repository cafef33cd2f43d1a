import 'reflect-metadata';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { next } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { OrchestrationWake } from '../direct.ts';
import { ItemPicked, ParcelReady, PickItem, ReserveStation, StationReserved } from '../shop.spec.support.ts';
import { until } from '../until.spec.support.ts';
import { hurriedOptions } from './hurried.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

vi.setConfig({ testTimeout: 60_000 });

describe('time in an orchestration', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  it('sends a command again with its own id when nobody answers in time, and takes the answer then', async () => {
    const stage = await Stage.on(server);
    await stage.orchestrator(hurriedOptions);
    const tries: string[] = [];
    await stage.workers({
      reserve: (_, { id }) => (tries.push(id) === 1 ? [] : next(StationReserved, { station: 'north-3' })),
    });
    await stage.request('p-1', []);
    const record = await stage.ended('p-1');
    expect(tries).toHaveLength(2);
    expect(tries[0]).toBe(tries[1]);
    expect(record.commands).toMatchObject([{ status: 'answered', resubmitted: 1, sends: 2 }]);
  });

  it('gives a command up when it was sent often enough, and takes a late answer after all', async () => {
    const stage = await Stage.on(server);
    await stage.orchestrator(hurriedOptions);
    await stage.request('p-1', []);
    const suspended = await stage.reached('p-1', ({ status }) => status === 'suspended');
    expect(suspended.problems).toMatchObject([{ code: 'unanswered', command: 'station.reserve' }]);
    expect(await stage.sent(ReserveStation)).toHaveLength(2);
    await stage.workers();
    expect((await stage.ended('p-1')).status).toBe('completed');
  });

  it('sends only the open branches of a fan-out again, and tells the machine which were given up', async () => {
    const stage = await Stage.on(server);
    await stage.orchestrator(hurriedOptions);
    const picked: string[] = [];
    await stage.workers({
      pick: ({ item }) => {
        const isLate = item === 'late' && !picked.includes(item);
        picked.push(item);
        return item === 'never' || isLate ? [] : next(ItemPicked, { item });
      },
    });
    await stage.request('p-1', ['red', 'late', 'never']);
    const record = await stage.ended('p-1');
    expect(record.snapshot?.context.failed).toEqual(['never: unanswered']);
    expect([...picked].sort()).toEqual(['late', 'late', 'never', 'never', 'red']);
  });

  it('is kept by the broker while no process runs', async () => {
    const stage = await Stage.on(server);
    const shop = await stage.orchestrator(hurriedOptions);
    await stage.workers();
    await stage.request('p-1', ['red']);
    await stage.reached('p-1', ({ snapshot }) => snapshot?.value === 'resting');
    await shop.stop();
    await until(
      'the time is over',
      async () => Date.now() > Date.parse((await stage.record('p-1'))?.timers[0]?.at ?? ''),
    );
    expect(await stage.sent(PickItem)).toEqual([]);
    await stage.orchestrator(hurriedOptions);
    expect((await stage.ended('p-1')).status).toBe('completed');
    await stage.settled('shop');
    expect(await stage.sent(ParcelReady)).toHaveLength(1);
  });

  it('does nothing when a wake-up is stale, or for an instance that has ended or never was', async () => {
    const stage = await Stage.on(server);
    const shop = await stage.orchestrator(hurriedOptions);
    await stage.workers();
    const wake = (flowId: string, id: string) =>
      shop.direct.send('parcel', OrchestrationWake, { at: '2026-01-01T00:00:00.000Z' }, { id, flowId });
    await stage.request('p-1', ['red']);
    const { timers } = await stage.reached('p-1', ({ snapshot }) => snapshot?.value === 'resting');
    await wake('p-1', 'stale');
    const ended = await stage.ended('p-1');
    const [picks] = ended.fanOuts;
    expect(Date.parse(picks?.dispatchedAt ?? '')).toBeGreaterThanOrEqual(Date.parse(timers[0]?.at ?? ''));

    await wake('p-1', 'late');
    await wake('nobody', 'unknown');
    await stage.settled('shop');
    expect(await stage.record('p-1')).toEqual(ended);
    expect(await stage.deadLetters()).toEqual([]);
  });
});
