import 'reflect-metadata';
import { jetstream } from '@nats-io/jetstream';
import { headers } from '@nats-io/transport-node';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { contractOf } from '@troupe/contract';
import { next, type Runtime } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  ParcelConsigned,
  ParcelDelivered,
  ParcelLost,
  ParcelReady,
  ParcelSorted,
} from '../shop.spec.support.ts';
import { until } from '../until.spec.support.ts';
import { flowOf, reportOf, say, site } from './console.spec.support.ts';
import { carrierSteps, courierOptions } from './courier.spec.support.ts';
import { lossy, PLACES } from './lossy.spec.support.ts';
import { Stage } from './stage.spec.support.ts';

vi.setConfig({ testTimeout: 60_000 });

const step = { step: 'carrier__sort', messages: 1, done: 1, retries: 0, deadLetters: 0 };

describe('a hand-off to a remote system', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  it('runs in a flow of its own, and its end brings the report of that flow', async () => {
    const stage = await Stage.on(server);
    const ledger = await site((url, response) =>
      say(response, reportOf(flowOf(url), { state: 'completed', steps: [step] })),
    );
    await stage.orchestrator(courierOptions(), { consoleUrl: ledger.url });
    await stage.app('carrier', carrierSteps());
    await stage.request('p-1', ['red']);
    const record = await stage.ended('p-1');
    expect(record.snapshot?.context.got).toMatchObject([
      {
        type: 'carrier.completed',
        contract: 'parcel.delivered.v1',
        data: { parcel: 'red' },
        flowId: 'p-1/carrier/1',
        report: { state: 'completed', steps: [step], lacks: [] },
      },
    ]);
    expect(ledger.asked.map(flowOf)).toEqual(['p-1/carrier/1']);
    const child = { flow: 'p-1/carrier/1', parent: 'p-1' };
    expect(await stage.sent(ParcelConsigned)).toMatchObject([child]);
    expect(await stage.sent(ParcelSorted)).toMatchObject([child]);
    expect(await stage.sent(ParcelDelivered)).toMatchObject([child]);
    await stage.settled('shop');
    expect(await stage.sent(ParcelReady)).toMatchObject([{ flow: 'p-1', parent: '' }]);
  });

  it('tells many of them apart', async () => {
    const stage = await Stage.on(server);
    await stage.orchestrator(courierOptions());
    await stage.app(
      'carrier',
      carrierSteps((parcel) =>
        parcel === 'item-7' ? next(ParcelLost, { parcel }) : next(ParcelDelivered, { parcel }),
      ),
    );
    const items = Array.from({ length: 20 }, (_, index) => `item-${index}`);
    await stage.request('p-1', items);
    const { snapshot } = await stage.ended('p-1');
    const got = snapshot?.context.got as { flowId: string; contract: string; data: { parcel: string } }[];
    expect(new Set(got.map(({ flowId, data }) => `${flowId} ${data.parcel}`))).toEqual(
      new Set(items.map((item, index) => `p-1/carrier/${index + 1} ${item}`)),
    );
    expect(got.filter(({ contract }) => contract === 'parcel.lost.v1')).toMatchObject([
      { data: { parcel: 'item-7' } },
    ]);
  });

  it.each([
    [
      'no console is known',
      undefined,
      'no ledger is known: neither TROUPE_LEDGER_URL nor TROUPE_CONSOLE_URL is set',
    ],
    ['nobody listens there', 'http://127.0.0.1:1', 'the ledger cannot be reached'],
  ])('is completed when %s, and the report says so', async (_, consoleUrl, lacks) => {
    const stage = await Stage.on(server);
    await stage.orchestrator(courierOptions(), consoleUrl === undefined ? {} : { consoleUrl });
    await stage.app('carrier', carrierSteps());
    await stage.request('p-1', ['red']);
    expect((await stage.ended('p-1')).snapshot?.context.got).toMatchObject([
      { type: 'carrier.completed', report: { state: 'unknown', lacks: [lacks] } },
    ]);
  });

  it.each(PLACES)('is handed off once and completed once, each input lost once %s', async (place) => {
    const stage = await Stage.on(server);
    const lost = new Set<string>();
    await stage.app('shop', [
      lossy(courierOptions(), (id) => (lost.size < lost.add(id).size ? place : undefined)),
    ]);
    await stage.app('carrier', carrierSteps());
    await stage.request('p-1', ['red', 'blue']);
    expect((await stage.ended('p-1')).snapshot?.context.got).toHaveLength(2);
    await stage.settled('shop');
    expect(await stage.sent(ParcelConsigned)).toHaveLength(2);
    expect(await stage.sent(ParcelDelivered)).toHaveLength(2);
    expect(await stage.sent(ParcelReady)).toHaveLength(1);
    expect(lost.size).toBe(3);
  });
});

describe('an end of a remote flow', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  async function staged(): Promise<{
    stage: Stage;
    ledger: Awaited<ReturnType<typeof site>>;
    remote: Runtime;
  }> {
    const stage = await Stage.on(server);
    const ledger = await site((url, response) => say(response, reportOf(flowOf(url))));
    await stage.orchestrator(courierOptions(), { consoleUrl: ledger.url });
    const remote = await stage.app('remote', [], { produces: [ParcelDelivered, ParcelLost] });
    return { stage, ledger, remote };
  }

  const end = (remote: Runtime, flowId: string, id: string) =>
    remote.producer.send(ParcelDelivered, { parcel: 'red' }, { id, flowId });

  it('that is nobody’s is let go, and nobody is asked about it', async () => {
    const { stage, ledger, remote } = await staged();
    await stage.request('p-1', ['red']);
    const before = await stage.reached('p-1', ({ status }) => status === 'running');
    const flows = [
      'o-1',
      'o-1/elsewhere/1',
      'p-1',
      'p-1/carrier/2',
      'nobody/carrier/1',
      'p-1/carrier/1/carrier/1',
    ];
    for (const flow of flows) await end(remote, flow, `end of ${flow}`);
    await stage.settled('shop');
    expect(await stage.record('p-1')).toEqual(before);
    expect(ledger.asked).toEqual([]);
    expect(await stage.deadLetters()).toEqual([]);
  });

  it('that is not the first, or comes when all is over, is let go', async () => {
    const { stage, ledger, remote } = await staged();
    await stage.request('p-1', ['red', 'blue']);
    await stage.reached('p-1', ({ status }) => status === 'running');
    await end(remote, 'p-1/carrier/1', 'first');
    await stage.reached('p-1', ({ commands }) => commands[0]?.status === 'answered');
    await stage.settled('shop'); // the orchestrator knows that it is written, too
    await end(remote, 'p-1/carrier/1', 'second');
    await end(remote, 'p-1/carrier/2', 'other');
    const ended = await stage.ended('p-1');
    await stage.settled('shop');
    await end(remote, 'p-1/carrier/2', 'late');
    await stage.settled('shop');
    expect(await stage.record('p-1')).toEqual(ended);
    expect(ledger.asked.map(flowOf)).toEqual(['p-1/carrier/1', 'p-1/carrier/2']);
    expect(await stage.deadLetters()).toEqual([]);
  });

  it('that breaks its contract is a dead letter, and the hand-off goes on waiting', async () => {
    const { stage, remote } = await staged();
    await stage.request('p-1', ['red']);
    await stage.reached('p-1', ({ status }) => status === 'running');
    const broken = headers();
    const attributes = { specversion: '1.0', id: 'broken', source: '/remote', type: 'parcel.delivered.v1' };
    for (const [name, value] of Object.entries({ ...attributes, correlationid: 'p-1/carrier/1' }))
      broken.set(`ce-${name}`, value);
    const subject = `${stage.names.contractSubject(contractOf(ParcelDelivered))}.0`;
    await jetstream(stage.desk.connection.client).publish(subject, '{"parcel":17}', { headers: broken });
    const letter = await until('it is set aside', async () => (await stage.deadLetters())[0]);
    expect(letter.header.get('x-dead-letter-reason')).toBe('contract-invalid');
    expect((await stage.record('p-1'))?.commands).toMatchObject([{ status: 'open' }]);
    await end(remote, 'p-1/carrier/1', 'right');
    expect((await stage.ended('p-1')).status).toBe('completed');
  });
});
