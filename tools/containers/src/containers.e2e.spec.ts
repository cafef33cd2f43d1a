import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { completed, flowOf, messagesOf, OUTCOME_TIME } from './console.ts';
import { hindrance } from './docker.ts';
import { expectEnds } from './ends.spec.support.ts';
import { type Span, spansOf, tracesWith } from './jaeger.ts';
import { DECLINED, REFUNDED } from './samples.ts';
import { type Accepted, placeOrder, requestFulfilment, shopDuring } from './shop.ts';
import { ComposeSystem } from './system.ts';
import { until } from './until.ts';

const APPS = ['storefront', 'payments', 'inventory', 'shipping', 'notifications', 'carrier'];
const FULFILLING = ['fulfilment', 'picking', 'packing'];
const VICTIMS = [...APPS, ...FULFILLING, 'console', 'broker', 'postgres', 'jaeger', 'prometheus'];

const SCALE_TIME = 120_000;
const ORDERS = 500;
/** Node begins spans of its own at whole milliseconds, and others between them. Nanoseconds. */
const CLOCK_STEP = 2_000_000n;

const wanted = process.env.TROUPE_CONTAINERS === 'run';
const missing = await hindrance();
let system: ComposeSystem;

vi.setConfig({ testTimeout: OUTCOME_TIME });

beforeAll(async () => {
  if (!wanted) return;
  if (missing !== undefined) throw new Error(`No container can be run: ${missing}.`);
  system = await ComposeSystem.start();
}, 1_500_000);
afterAll(() => system?.stop(), 120_000);
beforeEach(({ skip }) => skip(!wanted, missing ?? 'npm run test:containers runs it'));

describe('an order that is placed over HTTP', () => {
  it('reaches its declared end, and the ledger says so', async () => {
    const order = await placeOrder(system.url('storefront'));
    const flow = await untilCompleted(order);
    expectEnds(order, flow);
    const answer = await fetch(`${system.url('console')}/where/${order.orderId}`);
    expect(await answer.json()).toMatchObject({
      sentence: expect.stringContaining(`${order.orderId} is completed`),
      flows: [{ id: order.flowId }],
    });
  });

  it('reads in Jaeger as one trace of every app that had a part in it, each span below what caused it', async () => {
    const order = await placeOrder(system.url('storefront'));
    const sent = total(messagesOf(await untilCompleted(order)));
    const spans = await untilTraced(order, sent);
    // What a carrier delivers, fulfilment hears of too.
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set([...APPS, 'fulfilment']));
    expectWellFormed(spans);
    expect(new Set(spans.map((span) => span.attributes['messaging.message.conversation_id']))).toEqual(
      new Set([undefined, order.flowId]),
    );
    const flow = { 'messaging.message.conversation_id': order.flowId };
    expect(await tracesWith(system.url('jaeger'), 'payments', flow)).toEqual([order.traceId]);
  });
});

describe('a fulfilment', () => {
  it('reads in Jaeger as one trace of the orchestrator, its workers and the carrier that it hands off to', async () => {
    const fulfilment = await requestFulfilment(system.url('fulfilment'));
    const flow = await untilCompleted(fulfilment);
    expectEnds(fulfilment, flow);
    const handedOff = await untilCompleted({ flowId: `${fulfilment.flowId}/carrier/1` });
    const sent = total(messagesOf(flow)) + total(messagesOf(handedOff));
    const spans = await untilTraced(fulfilment, sent);
    expect(spans.map(({ service }) => service)).toEqual(expect.arrayContaining([...FULFILLING, 'carrier']));
    expectWellFormed(spans);
  });
});

describe('a container', () => {
  it('that is paused holds up what it has, the ledger says where, and it goes on', async () => {
    await system.pause('inventory');
    const order = await placeOrder(system.url('storefront'));
    const sentence = await until('the ledger says who has the order', async () => {
      const flow = await flowOf(system.url('console'), order.flowId);
      return flow?.sentence.includes('inventory') ? flow.sentence : undefined;
    });
    expect(sentence).toMatch(/payment\.authorized\.v1/);
    await system.unpause('inventory');
    await untilCompleted(order);
  });

  it('that is cut off from the network goes on when it is back', async () => {
    await system.disconnect('payments');
    const order = await placeOrder(system.url('storefront'));
    await until('the order waits for payments', async () => {
      const flow = await flowOf(system.url('console'), order.flowId);
      return flow?.sentence.includes('payments') ? true : undefined;
    });
    await system.reconnect('payments');
    expect(messagesOf(await untilCompleted(order))).toMatchObject({ 'payment.authorized.v1': 1 });
  });

  it('shares the work of its step with others', async () => {
    onTestFinished(() => system.scale('payments', 1), SCALE_TIME);
    await system.scale('payments', 3);
    await until('the ledger knows of three instances', async () => {
      const { steps } = (await (await fetch(`${system.url('console')}/steps`)).json()) as {
        steps: { step: string; instances?: number }[];
      };
      return steps.find(({ step }) => step === 'payments__authorize')?.instances === 3 ? true : undefined;
    });
  });

  it.each([...APPS, ...FULFILLING, 'console'])('of %s ends well when it is told to', async (app) => {
    expect(await system.terminate(app)).toEqual([0]);
    await system.startAgain(app);
  });

  it('that is killed loses no order, and does nothing twice', async () => {
    const fulfilments: Accepted[] = [];
    const orders = await shopDuring(system.url('storefront'), ORDERS, async () => {
      for (const victim of VICTIMS) {
        const [fulfilment] = await Promise.all([
          requestFulfilment(system.url('fulfilment')),
          system.kill(victim),
        ]);
        fulfilments.push(fulfilment);
        await system.startAgain(victim);
      }
    });
    for (const accepted of [...orders, ...fulfilments]) expectEnds(accepted, await untilCompleted(accepted));
    const paid = orders.filter(({ sample }) => sample !== DECLINED);
    const refunded = orders.filter(({ sample }) => sample === REFUNDED);
    expect(await system.query('payments', bookingsOf(orders, 'payments'))).toBe(String(paid.length));
    expect(await system.query('payments', bookingsOf(orders, 'refunds'))).toBe(String(refunded.length));
  }, 900_000);
});

it('is watched by Prometheus, every app of it, with the rules that are shipped', async () => {
  await until('every app is scraped', async () => {
    const answer = await fetch(`${system.url('prometheus')}/api/v1/targets?state=active`);
    const { data } = (await answer.json()) as { data: { activeTargets: Target[] } };
    const healthy = data.activeTargets.filter(({ health }) => health === 'up');
    const seen = new Set(healthy.map(({ labels }) => labels.service));
    return [...APPS, ...FULFILLING, 'console'].every((app) => seen.has(app)) ? true : undefined;
  });
  const rules = await fetch(`${system.url('prometheus')}/api/v1/rules`);
  expect(await rules.text()).toContain('TroupeFlowsStalled');
});

interface Target {
  readonly health: string;
  readonly labels: { readonly service: string };
}

function bookingsOf(orders: readonly Accepted[], table: string): string {
  const ids = orders.map(({ orderId }) => `'${orderId}'`);
  return `SELECT count(*) FROM ${table} WHERE order_id IN (${ids.join()})`;
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

function untilCompleted({ flowId }: Pick<Accepted, 'flowId'>) {
  return completed(system.url('console'), flowId);
}

/** Spans leave an app some seconds after they ended. */
function untilTraced({ traceId }: Accepted, sent: number): Promise<Span[]> {
  return until(`${sent} messages are in trace ${traceId}`, async () => {
    const spans = await spansOf(system.url('jaeger'), traceId);
    const { length } = spans.filter(({ name }) => name.startsWith('send '));
    return length >= sent && spans.every((span) => isRoot(span) || parentOf(span, spans) !== undefined)
      ? spans
      : undefined;
  });
}

/** A step's span is below the one that sent its message, and what it sends is below it; nothing is before what caused it. */
function expectWellFormed(spans: readonly Span[]): void {
  expect(spans.filter(isRoot).map(({ name }) => name)).toEqual([expect.stringMatching(/^POST \//)]);
  for (const span of spans.filter((one) => !isRoot(one))) {
    const parent = parentOf(span, spans);
    expect(parent?.startedAt, span.name).toBeLessThanOrEqual(span.startedAt + CLOCK_STEP);
    const [operation, destination] = span.name.split(' ');
    if (operation === 'process') expect(parent?.name).toBe(`send ${destination}`);
    else expect(parent?.service, span.name).toBe(span.service);
  }
}

/** Its parent is the client's, who sends no spans. */
function isRoot({ name }: Span): boolean {
  return name.startsWith('POST ');
}

function parentOf({ parent }: Span, spans: readonly Span[]): Span | undefined {
  return spans.find(({ id }) => id === parent);
}
