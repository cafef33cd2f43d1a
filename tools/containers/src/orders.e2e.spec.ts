import { describe, expect, it, vi } from 'vitest';
import { FULFILLING, ORDERING } from './cast.ts';
import { completed, messagesOf, OUTCOME_TIME } from './console.ts';
import { expectEnds } from './ends.spec.support.ts';
import { type Span, spansOf, tracesWith } from './jaeger.ts';
import { sharedSystem } from './shared-system.ts';
import { type Accepted, placeOrder, requestFulfilment } from './shop.ts';
import { until } from './until.ts';

/** Node begins spans of its own at whole milliseconds, and others between them. Nanoseconds. */
const CLOCK_STEP = 2_000_000n;

const system = sharedSystem();

vi.setConfig({ testTimeout: OUTCOME_TIME });

describe('an order that is placed over HTTP', () => {
  it('reaches its declared end, and the ledger says so', async () => {
    const order = await placeOrder(system.url('storefront'));
    expectEnds(order, await completed(system.url('console'), order.flowId));
    const answer = await fetch(`${system.url('console')}/where/${order.orderId}`);
    expect(await answer.json()).toMatchObject({
      sentence: expect.stringContaining(`${order.orderId} is completed`),
      flows: [{ id: order.flowId }],
    });
  });

  it('is shown by the page that the console serves, with all that it is made of', async () => {
    const index = await fetch(`${system.url('console')}/ui/where?key=o-1`);
    expect(index.headers.get('content-type')).toContain('text/html');
    const addresses = [...(await index.text()).matchAll(/(?:src|href)="([^"]*)"/g)];
    const types = addresses.map(async ([, address = '']) => {
      const { status, headers } = await fetch(new URL(address, index.url));
      return `${status} ${headers.get('content-type')?.split(';', 1)}`;
    });
    expect((await Promise.all(types)).sort()).toEqual([
      '200 application/javascript',
      '200 image/svg+xml',
      '200 text/css',
    ]);
  });

  it('reads in Jaeger as one trace of every app that had a part in it, each span below what caused it', async () => {
    const order = await placeOrder(system.url('storefront'));
    const sent = total(messagesOf(await completed(system.url('console'), order.flowId)));
    // What a carrier delivers, fulfilment hears of too.
    const services = [...ORDERING, 'fulfilment'];
    const spans = await untilTraced(order, sent, services);
    expect(new Set(spans.map(({ service }) => service))).toEqual(new Set(services));
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
    const flow = await completed(system.url('console'), fulfilment.flowId);
    expectEnds(fulfilment, flow);
    const handedOff = await completed(system.url('console'), `${fulfilment.flowId}/carrier/1`);
    const sent = total(messagesOf(flow)) + total(messagesOf(handedOff));
    const spans = await untilTraced(fulfilment, sent, [...FULFILLING, 'carrier']);
    expectWellFormed(spans);
  });
});

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Spans leave an app some seconds after they ended, and each app when it is its time. */
function untilTraced({ traceId }: Accepted, sent: number, services: readonly string[]): Promise<Span[]> {
  return until(`${sent} messages and ${services} are in trace ${traceId}`, async () => {
    const spans = await spansOf(system.url('jaeger'), traceId);
    const { length } = spans.filter(({ name }) => name.startsWith('send '));
    const isWhole = spans.every((span) => isRoot(span) || parentOf(span, spans) !== undefined);
    const areThere = services.every((service) => spans.some((span) => span.service === service));
    return length >= sent && isWhole && areThere ? spans : undefined;
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
