import 'reflect-metadata';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { next, type Runtime, TerminalError } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { OrchestrationRequest } from '../direct.ts';
import {
  ItemMissing,
  ItemPicked,
  ParcelDropped,
  ParcelReady,
  PickItem,
  PutBack,
  ReleaseStation,
  ReserveStation,
  StationReserved,
} from '../shop.spec.support.ts';
import { until } from '../until.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

vi.setConfig({ testTimeout: 60_000 });

describe('what people do about an orchestration', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  it('is suspended with an alert when a command is dead-lettered that its machine has nothing for, and goes on when that is retried', async () => {
    const stage = await Stage.on(server);
    const shop = await stage.orchestrator();
    let broken = true;
    const ids = new Set<string>();
    await stage.workers({
      reserve: (_, { id }) => {
        ids.add(id);
        if (broken) throw new TerminalError('the stations are closed');
        return next(StationReserved, { station: 'north-3' });
      },
    });
    await stage.request('p-1', []);
    const suspended = await stage.reached('p-1', ({ status }) => status === 'suspended');
    expect(suspended.problems).toMatchObject([{ code: 'terminal-error', command: 'station.reserve' }]);
    await until('people are told', async () =>
      (await stage.alerts()).some(
        ({ reason, message }) => reason === 'orchestration-suspended' && message.includes('p-1'),
      ),
    );

    broken = false;
    await ask(shop, 'p-1', { kind: 'retry' });
    await stage.reached('p-1', ({ snapshot }) => snapshot?.value === 'waiting');
    expect([...ids]).toHaveLength(1); // the same command
    expect(await stage.sent(ReserveStation)).toHaveLength(2);
  });

  it('goes on with the answer that a person gives for a failed command', async () => {
    const stage = await Stage.on(server);
    const shop = await stage.orchestrator();
    await stage.workers({
      reserve: () => {
        throw new TerminalError('the stations are closed');
      },
    });
    await stage.request('p-1', ['red']);
    await stage.reached('p-1', ({ status }) => status === 'suspended');
    await ask(shop, 'p-1', {
      kind: 'skip',
      answer: { contract: 'station.reserved.v1', data: { station: 'south-1' } },
    });
    const record = await stage.reached('p-1', ({ snapshot }) => snapshot?.value === 'waiting');
    expect(record.snapshot?.context.station).toBe('south-1');
    expect(record.commands).toMatchObject([{ name: 'station.reserve', status: 'skipped' }]);
  });

  it('undoes what was done when it is cancelled, in reverse order, and reports each', async () => {
    const stage = await Stage.on(server);
    const shop = await stage.orchestrator();
    const undone: string[] = [];
    await stage.workers({
      pick: ({ item }) => (item === 'gone' ? next(ItemMissing, { item }) : next(ItemPicked, { item })),
      putBack: ({ item }) => {
        undone.push(item);
        throw new TerminalError(`no room for ${item}`);
      },
      release: ({ station }) => {
        undone.push(station);
        return [];
      },
    });
    await stage.request('p-1', ['red', 'gone', 'blue']);
    await stage.reached('p-1', ({ snapshot }) => snapshot?.value === 'waiting');
    await ask(shop, 'p-1', { kind: 'cancel', by: 'ada' });
    await until('the station is released last', () => undone.length === 3);
    expect(undone).toEqual(['blue', 'red', 'north-3']);
    const { compensation } = await stage.reached('p-1', (record) => record.compensation?.failed === 2);
    expect(compensation).toMatchObject({
      reason: 'cancelled',
      by: 'ada',
      undone: [
        { name: 'picks', key: 'blue', status: 'failed' },
        { name: 'picks', key: 'red', status: 'failed' },
      ],
    });
  });

  it('ends as cancelled, with the event that it declares, and undoes a branch that is answered only then', async () => {
    const stage = await Stage.on(server);
    const shop = await stage.orchestrator();
    let answer: ((item: ReturnType<typeof next<ItemPicked>>) => void) | undefined;
    await stage.workers({
      pick: ({ item }) =>
        item === 'red'
          ? next(ItemPicked, { item })
          : new Promise((resolve) => {
              answer = resolve;
            }),
    });
    await stage.request('p-1', ['red', 'slow']);
    await until('the slow item is being picked', () => answer);
    await stage.reached('p-1', ({ snapshot }) => snapshot?.value === 'picking');
    await until('red is picked', async () => (await stage.sent(ItemPicked)).length === 1);
    await ask(shop, 'p-1', { kind: 'cancel' });
    const record = await stage.ended('p-1');
    expect(record.status).toBe('cancelled');
    expect((await stage.sent(PutBack)).map(({ item }) => item)).toEqual(['red']);
    expect(await stage.sent(ReleaseStation)).toHaveLength(1);
    await until('it says so', async () => (await stage.sent(ParcelDropped)).length === 1);

    answer?.(next(ItemPicked, { item: 'slow' }));
    await until('the slow one is put back too', async () => (await stage.sent(PutBack)).length === 2);
    expect(await stage.sent(ParcelReady)).toEqual([]);
    expect(await stage.sent(PickItem)).toHaveLength(2);
  });
});

let requests = 0;

function ask(shop: Runtime, flowId: string, request: OrchestrationRequest): Promise<unknown> {
  return shop.direct.send('parcel', OrchestrationRequest, request, { id: `request-${++requests}`, flowId });
}
