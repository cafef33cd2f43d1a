import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Flow, flowOf, OUTCOME_TIME, type StepNode, stepsOf } from './console.ts';
import { deviationsOf } from './conventions.ts';
import { panels } from './dashboard.ts';
import { WORKSPACE } from './docker.ts';
import { type Span, spansOf, tracesWith } from './jaeger.ts';
import { linkPatternsOf, linksIn } from './jaeger-ui.ts';
import { rulesOf, seriesOf } from './prometheus.ts';
import { sharedSystem } from './shared-system.ts';
import { type Accepted, placeOrder, requestFulfilment } from './shop.ts';
import { until } from './until.ts';

const FLOW = 'messaging.message.conversation_id';
const ORDER = 'troupe.business_key.orderId';
/** With which an order ends, and what a fulfilment hands off. */
const END = 'process evt.parcel.delivered.v1.{lane}';
/** Where the links of deploy/compose/jaeger-ui.json lead. */
const CONSOLE = 'http://127.0.0.1:3005';

const system = sharedSystem();

vi.setConfig({ testTimeout: OUTCOME_TIME });

describe('a trace in Jaeger', () => {
  it.each([
    ['an order', 'storefront', () => placeOrder(system.url('storefront'))],
    ['a fulfilment', 'fulfilment', () => requestFulfilment(system.url('fulfilment'))],
  ])('of %s is found by the order’s id, and links to the console', async (_, service, ask) => {
    const accepted = await ask();
    await untilFlow(accepted, ({ state }) => state === 'completed');
    const { traceId, orderId, flowId } = accepted;
    const spans = await untilSpans(traceId, END);
    expect(await tracesWith(system.url('jaeger'), service, { [ORDER]: orderId })).toEqual([traceId]);
    const patterns = await linkPatternsOf(system.url('jaeger'));
    const links = new Set(spans.flatMap((span) => linksIn(span, patterns)));
    const keys = [...links].map((link) => new URL(link).searchParams.get('key') ?? '');
    expect([...links]).toEqual(keys.map((key) => `${CONSOLE}/ui/where?key=${encodeURIComponent(key)}`));
    expect(keys).toEqual(expect.arrayContaining([orderId, flowId]));
    for (const key of keys) {
      const answer = await fetch(`${system.url('console')}/where/${encodeURIComponent(key)}`);
      expect(await answer.text(), key).toContain(`${system.url('jaeger')}/trace/${traceId}`);
    }
  });

  it('of an order and of a fulfilment keeps to the conventions, in TypeScript and in Python', async () => {
    const [order, fulfilment] = await Promise.all([
      placeOrder(system.url('storefront')),
      requestFulfilment(system.url('fulfilment')),
    ]);
    for (const accepted of [order, fulfilment])
      await untilFlow(accepted, ({ state }) => state === 'completed');
    const spans = await Promise.all([untilSpans(order.traceId, END), untilSpans(fulfilment.traceId, END)]);
    const ofMessages = spans.flat().filter(({ name }) => /^(send|process) /.test(name));
    const languages = ofMessages.map(({ resource }) => resource['telemetry.sdk.language']);
    expect(new Set(languages)).toEqual(new Set(['nodejs', 'python']));
    expect(ofMessages.flatMap(deviationsOf)).toEqual([]);
  });

  it('begins where a dead letter is redriven, and links to the one that the message was sent in', async () => {
    await system.query('payments', 'ALTER TABLE payments RENAME TO payments_away');
    const mend = () => system.query('payments', 'ALTER TABLE IF EXISTS payments_away RENAME TO payments');
    onTestFinished(async () => void (await mend()));
    const order = await placeOrder(system.url('storefront'));
    const failed = await untilFlow(order, ({ state }) => state === 'failed');
    await mend();
    await redrive(letterOf(failed));
    const { traces, links } = await untilFlow(order, ({ state }) => state === 'completed');
    expect(traces).toEqual([order.traceId, expect.any(String)]);
    expect(links.traces).toEqual(traces.map((trace) => `${system.url('jaeger')}/trace/${trace}`));

    const [sentIn = '', redrivenIn = ''] = traces;
    const sent = await untilSpans(sentIn, 'process evt.order.placed.v1.{lane}');
    const redriven = await untilSpans(redrivenIn, END);
    expectLinked(redriven, sent, 'process rdv.payments.authorize.{lane}', 'send evt.order.placed.v1.{lane}');
    expect(redriven.flatMap(deviationsOf)).toEqual([]);
    for (const service of ['payments', 'carrier'])
      expect(await tracesWith(system.url('jaeger'), service, { [FLOW]: order.flowId })).toContain(redrivenIn);
    const ofOrder = await tracesWith(system.url('jaeger'), 'payments', { [ORDER]: order.orderId });
    expect(ofOrder).toContain(redrivenIn);
  });

  it('begins where a message comes that was delayed, and links to the one that it was sent in', async () => {
    const stations = (change: string) =>
      system.query('packing', `UPDATE stations SET fulfilment_id = ${change}`);
    const free = () => stations(`NULL WHERE fulfilment_id LIKE 'taken %'`);
    await stations(`'taken ' || station_id WHERE fulfilment_id IS NULL`);
    onTestFinished(async () => void (await free()));
    const fulfilment = await requestFulfilment(system.url('fulfilment'));
    await untilFlow(fulfilment, ({ sentence }) => sentence.includes('queueing'));
    await free();
    const { traces } = await untilFlow(fulfilment, ({ state }) => state === 'completed');

    expect(traces[0]).toBe(fulfilment.traceId);
    // More than two when all were still taken as it looked again.
    const [sentIn = '', wokenIn = ''] = traces.slice(-2);
    const sent = await untilSpans(sentIn, 'send sch.fulfilment.{schedule}');
    const woken = await untilSpans(wokenIn, 'process evt.station.reserved.v1.{lane}');
    expectLinked(woken, sent, 'process rdv.fulfilment.fulfilment.{lane}', 'send sch.fulfilment.{schedule}');
    for (const service of ['fulfilment', 'packing'])
      expect(await tracesWith(system.url('jaeger'), service, { [FLOW]: fulfilment.flowId })).toContain(
        wokenIn,
      );
  });
});

describe('Prometheus', () => {
  it('has series for each panel of the dashboard, after a dead letter, but where nothing is to be shown', async () => {
    const prometheus = system.url('prometheus');
    for (const { title, targets } of await panels()) {
      for (const { expr } of targets) {
        if (QUIET.includes(title)) await seriesOf(prometheus, expr);
        else
          await until(`${title} shows ${expr}`, async () => (await seriesOf(prometheus, expr)) || undefined);
      }
    }
  });

  it('can tell what each alert asks', async () => {
    const rules = await until('each rule was tried', async () => {
      const rules = await rulesOf(system.url('prometheus'));
      return rules.some(({ health }) => health === 'unknown') ? undefined : rules;
    });
    expect(rules.filter(({ health }) => health !== 'ok')).toEqual([]);
    expect(rules.length).toBeGreaterThan(0);
  });
});

/** Panels that are empty when all is well: no alert fires, and nobody is told. */
const QUIET = ['What fires', 'The webhook'];

/** The first span of a trace has no parent, and refers to a span of another trace. */
function expectLinked(spans: readonly Span[], others: readonly Span[], name: string, toName: string): void {
  const roots = spans.filter(({ parent }) => parent === '');
  expect(roots.map((root) => root.name)).toEqual([name]);
  const linked = roots.flatMap(({ links }) => links.map(({ spanId }) => spanId));
  expect(others.filter(({ id }) => linked.includes(id)).map((other) => other.name)).toEqual([toName]);
}

function letterOf(flow: Flow): number {
  const letters = [...stepsOf(flow)].flatMap(({ settlement }: StepNode) => settlement.letter ?? []);
  expect(letters).toHaveLength(1);
  return letters[0] ?? 0;
}

/** As a person does. */
async function redrive(letter: number): Promise<void> {
  const command = ['dead-letters', 'redrive', String(letter), '--why', 'the table is back'];
  const NATS_URL = system.url('broker').replace('http:', 'nats:');
  await promisify(execFile)('npm', ['run', '--silent', 'troupe', '--', ...command], {
    cwd: WORKSPACE,
    env: { ...process.env, NATS_URL },
  });
}

function untilFlow({ flowId }: Accepted, isSo: (flow: Flow) => boolean): Promise<Flow> {
  return until(
    `flow ${flowId} is as it should be`,
    async () => {
      const flow = await flowOf(system.url('console'), flowId);
      return flow !== undefined && isSo(flow) ? flow : undefined;
    },
    OUTCOME_TIME,
  );
}

/** The spans of a trace, once one of this name is there, and the parent of each that has one; they arrive some seconds after they ended. */
function untilSpans(traceId: string, name: string): Promise<Span[]> {
  return until(
    `${name} is in trace ${traceId}`,
    async () => {
      const spans = await spansOf(system.url('jaeger'), traceId);
      const ids = new Set(spans.map(({ id }) => id));
      const isWhole = spans.every(
        ({ parent, name }) => parent === '' || name.startsWith('POST ') || ids.has(parent),
      );
      return isWhole && spans.some((span) => span.name === name) ? spans : undefined;
    },
    OUTCOME_TIME,
  );
}
