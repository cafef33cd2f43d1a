import 'reflect-metadata';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { next, stepName } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { InstancesLostError } from '../errors.ts';
import { parcelMachine } from '../parcel.spec.support.ts';
import type { MachineState } from '../record.ts';
import { ItemPicked, ParcelReady, PickItem, ReserveStation, StationReserved } from '../shop.spec.support.ts';
import { until } from '../until.spec.support.ts';
import { keys } from './keys.ts';
import { Stage } from './stage.spec.support.ts';

vi.setConfig({ testTimeout: 60_000 });

describe('an orchestration whose record cannot be gone on with', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  it('is left as it is when somebody edited it: the message is dead-lettered, with an alert', async () => {
    const stage = await Stage.on(server);
    const shop = await stage.orchestrator();
    await stage.request('p-1', ['red']);
    await until('the station is asked for', async () => (await stage.sent(ReserveStation)).length > 0);
    await shop.stop();
    const bucket = await stage.bucket();
    const key = keys.instance('parcel', 'p-1');
    const edited = (await bucket.get(key))?.string().replace('"reserving"', '"waiting"') ?? '';
    await bucket.put(key, edited);

    await stage.orchestrator();
    await stage.workers();
    const letter = await until('the answer is set aside', async () => (await stage.deadLetters())[0]);
    expect(letter.header.get('ce-type')).toBe('station.reserved.v1');
    expect(letter.header.get('x-dlq-error-message')).toContain(key);
    expect((await bucket.get(key))?.string()).toBe(edited);
    const alerts = (await stage.alerts()).map(({ reason }) => reason);
    expect(alerts).toContain('orchestration-record');
  });

  it('is left to a build that knows the version of its machine, and people are told', async () => {
    const stage = await Stage.on(server);
    const older = await stage.orchestrator({ version: 1 });
    await stage.request('p-1', ['red']);
    await until('the station is asked for', async () => (await stage.sent(ReserveStation)).length > 0);
    await older.stop();

    await stage.orchestrator({ version: 2 }, { version: '2.0.0' });
    await stage.workers();
    await until('people are told', async () =>
      (await stage.alerts()).some(
        ({ reason, message }) => reason === 'orchestration-version' && message.includes('version 1'),
      ),
    );
    expect(await stage.record('p-1')).toMatchObject({ version: 1, snapshot: { value: 'reserving' } });
    expect(await stage.deadLetters()).toEqual([]);
  });

  it('goes on with the version that it began on, while new ones begin on the present one', async () => {
    const stage = await Stage.on(server);
    const older = await stage.orchestrator({ version: 1 });
    await stage.request('p-1', ['red']);
    await until('the station is asked for', async () => (await stage.sent(ReserveStation)).length > 0);
    await older.stop();

    await stage.orchestrator({ version: 2, versions: { 1: parcelMachine } }, { version: '2.0.0' });
    await stage.workers();
    await stage.request('p-2', ['red']);
    const [first, second] = await Promise.all(
      ['p-1', 'p-2'].map((id) => stage.reached(id, ({ snapshot }) => snapshot?.value === 'waiting')),
    );
    expect([first?.version, second?.version]).toEqual([1, 2]);
  });

  it('is brought to the present version by the function that is declared for that', async () => {
    const stage = await Stage.on(server);
    const older = await stage.orchestrator({ version: 1 });
    await stage.request('p-1', ['red']);
    await until('the station is asked for', async () => (await stage.sent(ReserveStation)).length > 0);
    await older.stop();

    const migrate = {
      1: (state: MachineState) => ({ ...state, context: { parcel: 'p-1', items: ['blue'], picked: [] } }),
    };
    await stage.orchestrator({ version: 2, migrate }, { version: '2.0.0' });
    await stage.workers();
    const record = await stage.reached('p-1', ({ snapshot }) => snapshot?.value === 'waiting');
    expect(record).toMatchObject({ version: 2, snapshot: { context: { picked: ['blue'] } } });
  });

  it('is left as it is when there would be more of it than is kept: the message is dead-lettered', async () => {
    const stage = await Stage.on(server);
    await stage.orchestrator();
    await stage.request(
      'p-1',
      Array.from({ length: 6_000 }, (_, index) => `${index}`.padEnd(100, '.')),
    );
    const letter = await until('the start is set aside', async () => (await stage.deadLetters())[0]);
    expect(letter.header.get('x-dlq-error-type')).toBe('TROUPE_ORCHESTRATION_RECORD_SIZE');
    expect(await stage.record('p-1')).toBeUndefined();
    expect(await stage.sent(ReserveStation)).toEqual([]);
  });

  it('keeps its messages while the bucket is gone, and does not make it anew', async () => {
    const stage = await Stage.on(server);
    const shop = await stage.orchestrator();
    await stage.request('p-1', ['red']);
    await until('the station is asked for', async () => (await stage.sent(ReserveStation)).length > 0);
    await stage.manager.streams.delete(`KV_${stage.names.bucket('orc_shop')}`);
    await stage.workers();

    await until('it is not ready', () =>
      shop.status().problems.some((problem) => problem.includes('orc_shop')),
    );
    const durable = `${stepName('shop', 'parcel')}__station_reserved_v1`;
    await until('the answer is kept', async () => {
      const { num_pending, num_ack_pending } = await stage.manager.consumers.info(
        stage.names.events,
        durable,
      );
      return num_pending + num_ack_pending === 1;
    });
    expect(await stage.sent(PickItem)).toEqual([]);
    expect(await stage.deadLetters()).toEqual([]);
    await shop.stop();

    await expect(stage.orchestrator()).rejects.toThrow(InstancesLostError);
    await stage.orchestrator({}, { topology: 'change' });
    await stage.request('p-2', ['red']);
    await stage.reached('p-2', ({ snapshot }) => snapshot?.value === 'waiting');
  });

  it('does not start where the bucket is missing and may not be made', async () => {
    const stage = await Stage.on(server);
    const shop = await stage.orchestrator();
    await shop.stop();
    await stage.manager.streams.delete(`KV_${stage.names.bucket('orc_shop')}`);
    await expect(stage.orchestrator({}, { topology: 'verify' })).rejects.toThrow(/no bucket .*orc_shop/);
  });
});

describe('an event that no orchestration waits for', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  it('is let go when its flow has no instance, or one that has ended', async () => {
    const stage = await Stage.on(server);
    await stage.orchestrator();
    await stage.workers();
    await stage.request('p-1', []);
    await stage.pay('p-1');
    const ended = await stage.ended('p-1');

    const { producer } = stage.desk;
    await producer.send(StationReserved, { station: 'north-3' }, { id: 'late', flowId: 'p-1' });
    await producer.send(StationReserved, { station: 'north-3' }, { id: 'nobody', flowId: 'nobody' });
    await producer.send(ItemPicked, { item: 'red' }, { id: 'nothing', flowId: 'p-1' });
    await stage.pay('nobody');
    await stage.settled('shop');
    expect(await stage.record('p-1')).toEqual(ended);
    expect(await stage.record('nobody')).toBeUndefined();
    expect(await stage.deadLetters()).toEqual([]);
  });

  it('has nothing said again by a process that did not see the end, when the stream has forgotten it', async () => {
    const stage = await Stage.on(server, { duplicateWindowMs: 100 });
    const first = await stage.orchestrator();
    await stage.workers();
    await stage.request('p-1', []);
    await stage.pay('p-1');
    await stage.ended('p-1');
    await stage.settled('shop');
    await first.stop();
    const [ready] = await stage.sent(ParcelReady);
    const probe = () =>
      stage.desk.producer.send(ItemPicked, { item: 'red' }, { id: 'probe', flowId: 'probe' });
    await probe();
    await until('the stream has forgotten it', async () => !(await probe()).duplicate);
    await stage.orchestrator();
    await stage.desk.producer.send(ItemPicked, { item: 'red' }, { id: 'late', flowId: 'p-1' });
    await stage.settled('shop');
    expect(await stage.sent(ParcelReady)).toEqual([ready]);
  });

  it('is kept when its flow has not begun yet', async () => {
    const stage = await Stage.on(server);
    const shop = await stage.orchestrator();
    await stage.workers();
    await shop.stop();
    await stage.pay('p-1'); // is consumed by a durable of its own, at the same time as the start
    for (let n = 2; n < 40; n++) await stage.request(`p-${n}`, []);
    await stage.request('p-1', []);
    await stage.orchestrator();
    const record = await stage.reached(
      'p-1',
      ({ snapshot }) => snapshot?.value === 'waiting' || snapshot?.value === 'ready',
    );
    expect(record.id).toBe('p-1');
    expect((await stage.ended('p-1')).status).toBe('completed');
  });

  it('changes nothing when it comes a second time', async () => {
    const stage = await Stage.on(server);
    await stage.orchestrator();
    await stage.workers({
      reserve: (_, { id }) => [
        next(StationReserved, { station: `north-3` }, { key: `${id}-1` }),
        next(StationReserved, { station: 'south-1' }, { key: `${id}-2` }),
      ],
    });
    await stage.request('p-1', ['red'], 'first');
    await stage.request('p-1', ['blue'], 'second');
    const record = await stage.reached('p-1', ({ snapshot }) => snapshot?.value === 'waiting');
    await stage.settled('shop');
    expect((await stage.sent(PickItem)).map(({ item }) => item)).toEqual(record.snapshot?.context.items);
    expect(await stage.sent(ReserveStation)).toHaveLength(1);
    expect((await stage.record('p-1'))?.snapshot).toEqual(record.snapshot);
  });
});
