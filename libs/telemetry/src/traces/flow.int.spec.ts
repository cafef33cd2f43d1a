import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, type ReadableSpan, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { next, type StepDefinition, TerminalError } from '@troupe/jetstream';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Lines, OrderPlaced, PaymentAuthorized, TRACED, useBroker } from '../fixtures.spec.support.ts';
import { Telemetry } from '../telemetry.ts';

class CardServiceDown extends Error {}

const SEND_ORDER = 'send evt.order.placed.v1.{lane}';
const PROCESS_ORDER = 'process evt.order.placed.v1.{lane}';
const SEND_PAYMENT = 'send evt.payment.authorized.v1.{lane}';
const PROCESS_PAYMENT = 'process evt.payment.authorized.v1.{lane}';

describe('the trace of a flow', () => {
  const start = useBroker();
  const spans = new InMemorySpanExporter();
  const lines = new Lines();
  const telemetry = new Telemetry(
    TRACED,
    { name: 'shop', version: '1.0.0' },
    {
      lines,
      spans: new SimpleSpanProcessor(spans),
    },
  );
  telemetry.register();

  beforeEach(() => spans.reset());

  const authorize = (handle: StepDefinition['handle']): StepDefinition => ({
    name: 'authorize',
    on: [OrderPlaced],
    emits: [PaymentAuthorized],
    from: 'beginning',
    retry: { initialDelayMs: 1 },
    handle,
  });

  const reserve: StepDefinition = {
    name: 'reserve',
    on: [PaymentAuthorized],
    emits: [],
    from: 'beginning',
    handle: () => telemetry.logger.info('reserved'),
  };

  /**
   * Sends one order into the steps and waits for all spans of its flow. They are asked for by the end of their name,
   * which of those in the order in which they ended.
   */
  async function flow(prefix: string, steps: StepDefinition[], count: number) {
    const { instrumentation } = telemetry;
    const { producer } = await start({
      app: 'shop',
      prefix,
      steps,
      produces: [OrderPlaced],
      instrumentation,
    });
    await producer.send(OrderPlaced, { orderId: '7' }, { id: 'event-1', flowId: 'flow-1' });
    await vi.waitFor(() => expect(spans.getFinishedSpans()).toHaveLength(count), 20_000);
    return (name: string, which = 0): ReadableSpan => {
      const named = spans.getFinishedSpans().filter((span) => span.name === name.replace(' ', ` ${prefix}.`));
      const span = named[which];
      if (span === undefined) throw new Error(`There are ${named.length} spans named ${name}.`);
      return span;
    };
  }

  it('shows a part of what a handler does as the child of its step', async () => {
    const inParts = authorize(async () => {
      const startedAt = performance.now();
      await Promise.resolve();
      telemetry.instrumentation?.part?.('weigh risk', startedAt, { 'risk.score': 7 });
    });
    const span = await flow('parts', [inParts], 3);
    const part = spans.getFinishedSpans().find(({ name }) => name === 'weigh risk');
    expect(part?.parentSpanContext?.spanId).toBe(span(PROCESS_ORDER).spanContext().spanId);
    expect(part?.attributes).toEqual({ 'risk.score': 7 });
  });

  it('is one, each span the child of what caused it', async () => {
    const steps = [authorize(async (_, { id }) => next(PaymentAuthorized, { orderId: id })), reserve];
    const span = await flow('chain', steps, 4);
    const chain = [SEND_ORDER, PROCESS_ORDER, SEND_PAYMENT, PROCESS_PAYMENT].map((name) => span(name));
    const [placed, authorizing, authorized, reserving] = chain;

    expect(chain.map(({ kind }) => kind)).toEqual([
      SpanKind.PRODUCER,
      SpanKind.CONSUMER,
      SpanKind.PRODUCER,
      SpanKind.CONSUMER,
    ]);
    expect(placed?.parentSpanContext).toBeUndefined();
    for (const [parent, child] of [
      [placed, authorizing],
      [authorizing, authorized],
      [authorized, reserving],
    ]) {
      expect(child?.parentSpanContext?.spanId).toBe(parent?.spanContext().spanId);
      expect(child?.spanContext().traceId).toBe(placed?.spanContext().traceId);
    }
  });

  it('says what the messaging conventions ask, the flow on every span, and where it begins what it is asked for by', async () => {
    const steps = [authorize(() => next(PaymentAuthorized, { orderId: '7' })), reserve];
    const span = await flow('attributes', steps, 4);
    const placed = span(SEND_ORDER);

    expect(placed?.attributes).toEqual({
      'messaging.system': 'nats',
      'messaging.operation.name': 'send',
      'messaging.operation.type': 'send',
      'messaging.destination.name': expect.stringMatching(/^attributes\.evt\.order\.placed\.v1\.\d+$/),
      'messaging.destination.template': 'attributes.evt.order.placed.v1.{lane}',
      'messaging.destination.partition.id': expect.stringMatching(/^\d+$/),
      'messaging.message.id': 'event-1',
      'messaging.message.conversation_id': 'flow-1',
      'messaging.message.body.size': 15,
      'cloudevents.event_type': 'order.placed.v1',
      'troupe.app': 'shop',
      'troupe.business_key.orderId': '7',
    });
    expect(span(PROCESS_ORDER).attributes).toMatchObject({
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.consumer.group.name': 'shop__authorize',
      'messaging.message.id': 'event-1',
      'troupe.app': 'shop',
      'troupe.step': 'authorize',
      'troupe.outcome': 'done',
    });
    for (const name of [SEND_PAYMENT, PROCESS_PAYMENT]) {
      const { attributes } = span(name);
      expect(attributes).toHaveProperty(['messaging.message.conversation_id'], 'flow-1');
      expect(attributes).not.toHaveProperty(['troupe.business_key.orderId']);
    }
    expect(placed?.resource.attributes).toMatchObject({ 'service.name': 'shop', 'service.version': '1.0.0' });
  });

  it('goes on in spans that a handler makes, and in its log lines', async () => {
    const steps = [
      authorize(async () => {
        await new Promise((resolve) => setImmediate(resolve));
        trace.getTracer('shop').startActiveSpan('ask the bank', (span) => {
          telemetry.logger.info('asked the bank');
          span.end();
        });
      }),
    ];
    const span = await flow('inside', steps, 3);
    const [placed, authorizing] = [span(SEND_ORDER), span(PROCESS_ORDER)];
    const asking = spans.getFinishedSpans().find(({ name }) => name === 'ask the bank');
    expect(asking?.parentSpanContext?.spanId).toBe(authorizing?.spanContext().spanId);
    expect(lines.fields.find(({ message }) => message === 'asked the bank')).toMatchObject({
      flow_id: 'flow-1',
      event_id: 'event-1',
      step: 'shop__authorize',
      trace_id: placed?.spanContext().traceId,
      span_id: asking?.spanContext().spanId,
    });
  });

  it('ends at a failure; what is tried again is a trace of its own that links to the message', async () => {
    let tries = 0;
    const steps = [
      authorize(() => {
        if (++tries === 1) throw new CardServiceDown('no answer');
      }),
    ];
    const span = await flow('again', steps, 3);
    const [placed, failed, again] = [span(SEND_ORDER), span(PROCESS_ORDER, 0), span(PROCESS_ORDER, 1)];

    expect(failed?.parentSpanContext?.spanId).toBe(placed?.spanContext().spanId);
    expect(failed?.status).toEqual({ code: SpanStatusCode.ERROR, message: 'no answer' });
    expect(failed?.attributes).toMatchObject({
      'error.type': 'CardServiceDown',
      'troupe.outcome': 'retried',
    });
    expect(failed?.events.map(({ name }) => name)).toEqual(['exception']);

    expect(again?.parentSpanContext).toBeUndefined();
    expect(again?.spanContext().traceId).not.toBe(placed?.spanContext().traceId);
    expect(again?.links.map(({ context }) => context.spanId)).toEqual([placed?.spanContext().spanId]);
    expect(again?.attributes).toMatchObject({
      'troupe.redelivered': true,
      'troupe.outcome': 'done',
      'troupe.business_key.orderId': '7',
    });
    expect(failed?.attributes).not.toHaveProperty(['troupe.business_key.orderId']);
    expect(again?.status.code).toBe(SpanStatusCode.UNSET);
  });

  it('shows a dead letter as an error', async () => {
    const steps = [
      authorize(() => {
        throw new TerminalError('the card is stolen');
      }),
    ];
    const span = await flow('dead', steps, 2);
    expect(span(PROCESS_ORDER).attributes).toMatchObject({
      'error.type': 'TerminalError',
      'troupe.outcome': 'dead-lettered',
    });
  });
});
