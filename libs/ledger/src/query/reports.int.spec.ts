import { headers } from '@nats-io/nats-core';
import { type NatsServer, startNatsServer } from '@troupe/broker';
import { encodeBinary } from '@troupe/contract';
import { type StepDefinition, TerminalError } from '@troupe/jetstream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LedgerQueryError } from '../errors.ts';
import type { Ledger } from '../ledger.ts';
import { NOTHING_DECLARED } from '../model/choreography.ts';
import type { FlowReport } from '../model/flow-report.ts';
import { OrderPlaced, ParcelDispatched } from '../shop.spec.support.ts';
import { flowOnce, paying, Stage, shipping, startServer, until } from '../stage.spec.support.ts';
import type { ReportQuery } from './reports.ts';

const PARENT = 'f-1';
const CHILD = 'f-1/shop/1';
const ENDS = ['parcel.dispatched.v1'];

let server: NatsServer;
beforeAll(async () => {
  server = await startNatsServer();
});
afterAll(() => server.stop());

/** Sends an order as an orchestration of another app would that hands off to the shop. */
async function handOff(stage: Stage, flow = CHILD, orderId = 'o-1'): Promise<void> {
  const event = {
    id: `${flow}-opened`,
    source: '/boss/fulfilment',
    type: 'order.placed.v1',
    correlationid: flow,
    parentflowid: PARENT,
    causationid: 'asked-for',
    extensions: {},
  };
  const encoded = encodeBinary(event, { orderId });
  const said = headers();
  for (const [name, value] of encoded.headers) said.append(name, value);
  await stage.client.request(`${stage.prefix}.evt.order.placed.v1.0`, encoded.payload, {
    headers: said,
    timeout: 5_000,
  });
}

/** What takes the end of the shop's flow for the one that handed off, and what it says then. */
function fulfilling(onEnd: () => Promise<void> | void): StepDefinition {
  return {
    name: 'fulfilment',
    on: [ParcelDispatched],
    emits: [],
    from: 'beginning',
    orchestration: { name: 'fulfilment', version: 1 },
    handle: onEnd,
  };
}

/** The report on the child, once the ledger was as young as the question. */
function reportOnce(
  ledger: Ledger,
  query: ReportQuery = {},
  isSo: (report: FlowReport) => boolean = () => true,
): Promise<FlowReport> {
  return until('the ledger is as young', async () => {
    const report = await ledger.report(CHILD, query);
    return report !== undefined && isOfNow(report) && isSo(report) ? report : undefined;
  });
}

function isOfNow({ lacks }: FlowReport): boolean {
  return !lacks.some((lack) => lack.endsWith('behind'));
}

const undeclared = { choreography: NOTHING_DECLARED, businessKeys: {} };

describe('a report on a flow that was handed off to', () => {
  it('says what was done, while whoever handed off handles its end', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger(undeclared);
    await stage.app('storefront', []);
    await stage.app('payments', [paying()]);
    await stage.app('shipping', [shipping()]);
    let report: FlowReport | undefined;
    await stage.app('boss', [
      fulfilling(async () => {
        report = await reportOnce(ledger, { ends: ENDS, data: true }, ({ state }) => state === 'completed');
      }),
    ]);
    await handOff(stage);
    await until('it is told', () => report);
    expect(report).toMatchObject({
      flowId: CHILD,
      parentFlowId: PARENT,
      state: 'completed',
      ends: [{ contract: 'parcel.dispatched.v1', source: '/shipping/dispatch', data: { orderId: 'o-1' } }],
      steps: [
        { step: 'payments__authorize', messages: 1, done: 1, waiting: 0 },
        { step: 'shipping__dispatch', messages: 1, done: 1, waiting: 0 },
      ],
      branches: { total: 1, open: 0 },
      retries: 0,
      deadLetters: [],
      lacks: [],
    });
    expect(report?.steps.every(({ timeMs }) => timeMs !== undefined && timeMs.max >= 0)).toBe(true);
    expect(report?.durationMs).toBe(Date.parse(report?.endedAt ?? '') - Date.parse(report?.startedAt ?? ''));
  });

  it('is running before its end came, though all steps are done', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger(undeclared);
    await stage.app('storefront', []);
    await stage.app('payments', [paying()]);
    await handOff(stage);
    await flowOnce(ledger, CHILD, 'it is paid', ({ state }) => state === 'completed');
    expect(await ledger.report(CHILD)).toMatchObject({ state: 'completed', ends: [] });
    expect(await ledger.report(CHILD, { ends: ENDS })).toMatchObject({ state: 'running', ends: [] });
  });

  it('says what was set aside', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger(undeclared);
    await stage.app('storefront', []);
    await stage.app('payments', [
      paying(() => {
        throw new TerminalError('no such card');
      }),
    ]);
    await handOff(stage);
    const report = await until('it failed', async () => {
      const asked = await ledger.report(CHILD, { ends: ENDS });
      return asked?.state === 'failed' ? asked : undefined;
    });
    expect(report).toMatchObject({
      steps: [{ step: 'payments__authorize', done: 0, waiting: 0, deadLetters: 1 }],
      deadLetters: [{ step: 'payments__authorize', reason: 'terminal-error', messageId: `${CHILD}-opened` }],
      branches: { total: 1, open: 1 },
    });
  });

  it('is not there of a flow that nobody knows, and is refused for ends that are none', async () => {
    const stage = await Stage.on(server);
    await stage.app('storefront', []);
    const ledger = await stage.ledger();
    expect(await ledger.report('none')).toBeUndefined();
    for (const ends of [['parcel'], ['parcel.dispatched'], [`' OR 1=1`], Array(21).fill('a.b.v1')])
      await expect(ledger.report(CHILD, { ends })).rejects.toBeInstanceOf(LedgerQueryError);
  });

  it('says when the ledger was not there, and what was purged', async () => {
    const stage = await Stage.on(server);
    await stage.app('storefront', []);
    await stage.app('payments', [paying()]);
    await stage.app('shipping', [shipping(() => {})]);
    await handOff(stage);
    const isOver = (ledger: Ledger) =>
      flowOnce(ledger, CHILD, 'it is over', ({ state }) => state === 'completed');
    await isOver(await stage.ledger(undeclared));
    const late = await stage.ledger(undeclared);
    await isOver(late);
    const report = await reportOnce(late);
    expect(report.steps).toMatchObject([
      { step: 'payments__authorize', timeMs: { median: expect.any(Number) } },
      { step: 'shipping__dispatch', done: 1 },
    ]);
    expect(report.steps[1]?.timeMs).toBeUndefined();
    expect(report.lacks).toEqual([
      expect.stringMatching(/^when 1 of 1 messages were done at shipping\.dispatch, .+ did not hear it$/),
    ]);

    await stage.manager.streams.purge(stage.names.events, { seq: 2 });
    const purged = await until('the ledger dropped it', async () => {
      const asked = await late.report(CHILD, { ends: ['payment.authorized.v1'], data: true });
      return asked?.steps.length === 1 ? asked : undefined;
    });
    expect(purged.ends).toMatchObject([{ data: { orderId: 'o-1' } }]);
    expect(purged.lacks).toContainEqual(
      expect.stringMatching(
        /^what caused payment\.authorized\.v1 .+ is not known: messages before .+ may be purged$/,
      ),
    );
  });
});

describe('a report on a flow of more messages than are looked at', () => {
  it('is of the first ones, with the ends that came last, and says so', async () => {
    const stage = await Stage.on(server);
    await stage.app('storefront', []);
    await stage.app('payments', []);
    const ledger = await stage.ledger(undeclared);
    const type = 'order.placed.v1';
    for (let sent = 0; sent <= 5_000; sent += 500)
      await Promise.all(Array.from({ length: 500 }, (_, n) => put(stage, `m-${sent + n}`, type)));
    await put(stage, 'last', ENDS[0] ?? '');
    const report = await until('its end is known', async () => {
      const asked = await ledger.report('long', { ends: ENDS });
      return asked?.ends.length === 1 && isOfNow(asked) ? asked : undefined;
    });
    expect(report).toMatchObject({
      state: 'running',
      ends: [{ messageId: 'last' }],
      branches: { total: 5_000 },
    });
    expect(report.lacks).toEqual([
      'the flow has more than 5,000 messages: what is told is of the first ones, and ends of the last 1,000',
    ]);
  });

  /** A message of the flow that nobody takes. */
  async function put(stage: Stage, id: string, type: string): Promise<void> {
    const said = headers();
    for (const [name, value] of Object.entries({ id, type, source: '/storefront', correlationid: 'long' }))
      said.set(`ce-${name}`, value);
    await stage.client.request(`${stage.prefix}.evt.${type}.0`, '{}', { headers: said, timeout: 5_000 });
  }
});

describe('a report while the broker is away', () => {
  it('is as old as the ledger, says so, and has no payloads', async () => {
    const own = await startServer();
    const stage = await Stage.on(own);
    const ledger = await stage.ledger(undeclared);
    await stage.app('storefront', []);
    await stage.app('payments', [paying()]);
    await stage.app('shipping', [shipping()]);
    await handOff(stage);
    await flowOnce(ledger, CHILD, 'it is over', ({ state }) => state === 'completed');
    await own.kill();
    await until('the ledger sees it', () => ledger.freshness().problem);
    expect(await ledger.report(CHILD, { ends: ENDS, data: true })).toMatchObject({
      state: 'completed',
      ends: [{ contract: 'parcel.dispatched.v1' }],
      lacks: [
        expect.stringMatching(/^the ledger is .+ behind: /),
        expect.stringMatching(/^the payload of parcel\.dispatched\.v1 .+ cannot be had now$/),
      ],
    });
    await own.restart();
    await until('it is whole', async () => (await ledger.report(CHILD, { ends: ENDS }))?.lacks.length === 0);
  });
});

describe('the flow that handed off', () => {
  const keyed = { ...undeclared, businessKeys: { 'order.placed.v1': ['/orderId'] } };

  it('is what its business key leads to, with the other one behind it', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger(keyed);
    const shop = await stage.app('storefront', []);
    await stage.app('payments', [paying()]);
    await shop.producer.send(OrderPlaced, { orderId: 'o-1' }, { flowId: PARENT });
    await handOff(stage);
    const isKnown = async () => {
      const answer = await ledger.where('o-1');
      return answer.flows[0]?.handOffs[0]?.state === 'completed' && answer.flows.length === 2
        ? answer
        : undefined;
    };
    const { flows, matches, sentence } = await until('both are known', isKnown);
    expect(matches.map(({ flow }) => flow)).toEqual([PARENT, CHILD]);
    expect(flows.map(({ parent }) => parent)).toEqual([undefined, PARENT]);
    expect(flows[0]?.handOffs).toMatchObject([
      {
        flow: CHILD,
        name: 'shop',
        app: 'boss',
        sentence: 'handed to shop: completed with payment.authorized.v1',
      },
    ]);
    expect(sentence).toMatch(/^Order o-1 is completed: payment\.authorized\.v1, /);
  });

  it('says where the other one is, and forgets it when that is purged', async () => {
    const stage = await Stage.on(server);
    const ledger = await stage.ledger(keyed);
    const shop = await stage.app('storefront', []);
    let finish = () => {};
    const paid = new Promise<void>((resolve) => (finish = resolve));
    await stage.app('payments', [
      paying((order) => ((order as { orderId: string }).orderId === 'slow' ? paid : undefined)),
    ]);
    await handOff(stage, CHILD, 'slow');
    await shop.producer.send(OrderPlaced, { orderId: 'o-1' }, { flowId: PARENT });
    const handed = (isSo: (place: string | undefined) => boolean) =>
      flowOnce(ledger, PARENT, 'it is handed off', ({ handOffs }) => isSo(handOffs[0]?.sentence));
    await handed((place) => place === 'handed to shop: in flight at payments.authorize');
    finish();
    await handed((place) => place === 'handed to shop: completed with order.placed.v1');
    await stage.manager.streams.purge(stage.names.events, { seq: 2 });
    await handed((place) => place === undefined);
  });
});
