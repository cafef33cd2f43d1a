import 'reflect-metadata';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { OrchestrationRequest } from '../direct.ts';
import { ParcelConsigned, ParcelDelivered, ParcelLost } from '../shop.spec.support.ts';
import { until } from '../until.spec.support.ts';
import { flowOf, reportOf, say, site } from './console.spec.support.ts';
import { carrierSteps, courierOptions } from './courier.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

vi.setConfig({ testTimeout: 60_000 });

const end = { contract: 'parcel.delivered.v1', messageId: 'end', data: { parcel: 'red' } };

describe('a hand-off whose end does not come in time', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  it('is completed by the end that the ledger knows, and the end itself is late then', async () => {
    const stage = await Stage.on(server);
    const ledger = await site((url, response) => say(response, reportOf(flowOf(url), { ends: [end] })));
    await stage.orchestrator(courierOptions({ within: '200ms' }), { consoleUrl: ledger.url });
    await stage.request('p-1', ['red']);
    const ended = await stage.ended('p-1');
    expect(ended.snapshot?.context.got).toMatchObject([
      {
        type: 'carrier.completed',
        contract: end.contract,
        data: end.data,
        report: { ends: [{ messageId: 'end' }] },
      },
    ]);
    expect([...(ledger.asked[0]?.searchParams ?? [])]).toEqual([
      ['ends', 'parcel.delivered.v1,parcel.lost.v1'],
      ['data', 'true'],
    ]);
    const remote = await stage.app('remote', [], { produces: [ParcelDelivered] });
    await remote.producer.send(ParcelDelivered, end.data, { id: 'end', flowId: 'p-1/carrier/1' });
    await stage.settled('shop');
    expect(await stage.record('p-1')).toEqual(ended);
  });

  it('is polled again while the ledger finds no end, and given up at last', async () => {
    const stage = await Stage.on(server);
    const broken = { ...end, data: { parcel: 17 } };
    const ledger = await site((url, response) => say(response, reportOf(flowOf(url), { ends: [broken] })));
    const options = courierOptions({ within: '200ms', every: '100ms', polls: 3 });
    await stage.orchestrator(options, { consoleUrl: ledger.url });
    await stage.request('p-1', ['red']);
    expect((await stage.ended('p-1')).snapshot?.context.got).toMatchObject([
      {
        type: 'carrier.failed',
        reason: 'overdue',
        report: {
          state: 'running',
          lacks: [expect.stringContaining('breaks parcel.delivered.v1 at "/parcel"')],
        },
      },
    ]);
    expect(ledger.asked).toHaveLength(3);
    expect(await stage.sent(ParcelConsigned)).toHaveLength(1);
  });

  it('has failed when the ledger says so, and a person has it sent again under its own id', async () => {
    const stage = await Stage.on(server);
    const ledger = await site((url, response) => say(response, reportOf(flowOf(url), { state: 'failed' })));
    const shop = await stage.orchestrator(courierOptions({ within: '200ms' }, false), {
      consoleUrl: ledger.url,
    });
    await stage.request('p-1', ['red']);
    const suspended = await stage.reached('p-1', ({ status }) => status === 'suspended');
    expect(suspended.problems).toMatchObject([{ code: 'remote-failed', command: 'carrier' }]);
    await shop.direct.send('parcel', OrchestrationRequest, { kind: 'retry' }, { id: 'retry', flowId: 'p-1' });
    const sent = await until('it is sent again', async () => {
      const all = await stage.sent(ParcelConsigned);
      return all.length > 1 ? all : undefined;
    });
    expect(sent.map(({ id }) => id)).toEqual([suspended.commands[0]?.id, suspended.commands[0]?.id]);
    await stage.app('carrier', carrierSteps());
    expect((await stage.ended('p-1')).status).toBe('completed');
  });

  it('is asked for at the remote side itself, whose word counts', async () => {
    const stage = await Stage.on(server);
    const ledger = await site((url, response) => say(response, reportOf(flowOf(url), { state: 'failed' })));
    const remote = await site((_, response) =>
      say(response, remote.asked.length < 3 ? { phase: 'sorting' } : { phase: 'lost', parcel: 'red' }),
    );
    const status = {
      url: ({ flowId }: { flowId: string }) => `${remote.url}/parcels/${encodeURIComponent(flowId)}`,
      completed: (body: unknown) => {
        const { phase, parcel } = body as { phase: string; parcel: string };
        return phase === 'lost' ? { contract: ParcelLost, data: { parcel } } : undefined;
      },
    };
    const options = courierOptions({ within: '200ms', every: '100ms', polls: 10, status });
    await stage.orchestrator(options, { consoleUrl: ledger.url });
    await stage.request('p-1', ['red']);
    expect((await stage.ended('p-1')).snapshot?.context.got).toMatchObject([
      { type: 'carrier.completed', contract: 'parcel.lost.v1', data: { parcel: 'red' } },
    ]);
    expect(remote.asked.map(({ pathname }) => pathname)).toEqual(Array(3).fill('/parcels/p-1%2Fcarrier%2F1'));
  });

  it('is polled by the next process when none runs at its deadline', async () => {
    const stage = await Stage.on(server);
    const ledger = await site((url, response) => say(response, reportOf(flowOf(url), { ends: [end] })));
    const options = () => courierOptions({ within: '2s' });
    const first = await stage.orchestrator(options(), { consoleUrl: ledger.url });
    await stage.request('p-1', ['red']);
    const { commands } = await stage.reached('p-1', ({ status }) => status === 'running');
    await first.stop();
    await until('the deadline is over', () => Date.now() > Date.parse(commands[0]?.dueAt ?? ''));
    expect(ledger.asked).toEqual([]);
    await stage.orchestrator(options(), { consoleUrl: ledger.url });
    expect((await stage.ended('p-1')).snapshot?.context.got).toMatchObject([{ type: 'carrier.completed' }]);
  });
});
