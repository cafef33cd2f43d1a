import { next, type StepDefinition, TerminalError } from '@troupe/jetstream';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { Lines, OrderPlaced, PaymentAuthorized, SETTINGS, useBroker } from './fixtures.spec.support.ts';
import { runProcessing } from './processing.ts';
import { Telemetry } from './telemetry.ts';

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c';

/** Work whose message came with a trace. */
const traced = {
  step: { app: 'shop', step: 'before', name: 'shop__before' },
  message: {
    subject: 'evt.cart.checked-out.v1.0',
    type: 'cart.checked-out.v1',
    id: 'event-0',
    flowId: 'flow-1',
    size: 2,
    traceparent: `00-${TRACE_ID}-b7ad6b7169203331-01`,
  },
};

describe('telemetry without an endpoint', () => {
  const start = useBroker();

  function stepsThatLog({ logger }: Telemetry): StepDefinition[] {
    const authorize = async (order: object) => {
      await new Promise((resolve) => setImmediate(resolve));
      const { orderId } = order as OrderPlaced;
      logger.info('authorizing');
      if (orderId === 'stolen') throw new TerminalError('the card is stolen');
      return next(PaymentAuthorized, { orderId });
    };
    return [
      {
        name: 'authorize',
        on: [OrderPlaced],
        emits: [PaymentAuthorized],
        from: 'beginning',
        handle: authorize,
      },
      {
        name: 'reserve',
        on: [PaymentAuthorized],
        emits: [],
        from: 'beginning',
        handle: () => logger.info('reserving'),
      },
    ];
  }

  async function run(prefix: string, settings = SETTINGS) {
    const lines = new Lines();
    const telemetry = new Telemetry(settings, undefined, { lines });
    const { producer } = await start({
      app: 'shop',
      prefix,
      steps: stepsThatLog(telemetry),
      produces: [OrderPlaced],
      instrumentation: telemetry.instrumentation,
    });
    return { telemetry, producer, lines };
  }

  it('names flow, event and step in the log lines of handlers', async () => {
    const { producer, lines } = await run('logs');
    await producer.send(OrderPlaced, { orderId: '7' }, { id: 'event-1', flowId: 'flow-1' });
    await vi.waitFor(() => expect(lines.all).toHaveLength(2), 20_000);
    const [authorizing, reserving] = lines.fields;
    expect(authorizing).toMatchObject({ flow_id: 'flow-1', event_id: 'event-1', step: 'shop__authorize' });
    expect(reserving).toMatchObject({ flow_id: 'flow-1', step: 'shop__reserve' });
    expect(reserving?.event_id).not.toBe('event-1');
    expect(authorizing).not.toHaveProperty('trace_id');
  });

  it.each([
    ['metrics', SETTINGS],
    ['nothing', { ...SETTINGS, metrics: false }],
  ])('passes the trace of a message on from step to step, with %s on', async (what, settings) => {
    const { producer, lines } = await run(`passes-${what}`, settings);
    await runProcessing(traced, () => producer.send(OrderPlaced, { orderId: '7' }));
    await vi.waitFor(() => expect(lines.all).toHaveLength(2), 20_000);
    expect(lines.fields.map(({ message, trace_id }) => [message, trace_id])).toEqual([
      ['authorizing', TRACE_ID],
      ['reserving', TRACE_ID],
    ]);
  });

  it('counts what was sent, handled and dead-lettered', async () => {
    const { producer, telemetry } = await run('counts');
    for (const orderId of ['1', '2', '3', 'stolen']) await producer.send(OrderPlaced, { orderId });
    const value = async (metric: string, ...labels: string[]) => {
      const text = (await telemetry.metricsText()) ?? '';
      const line = text
        .split('\n')
        .find((one) => one.startsWith(`${metric}{`) && labels.every((label) => one.includes(label)));
      return Number(line?.split(' ').at(-1));
    };
    const placed = 'messaging_destination_template="counts.evt.order.placed.v1.{lane}"';
    const authorize = 'messaging_consumer_group_name="shop__authorize"';
    const reserve = 'messaging_consumer_group_name="shop__reserve"';
    const done = 'troupe_outcome="done"';
    await vi.waitFor(async () => {
      expect(await value('messaging_process_duration_count', reserve, done)).toBe(3);
      expect(await value('troupe_step_dead_letters_total', 'troupe_step="authorize"')).toBe(1);
    }, 20_000);

    expect(await value('messaging_client_sent_messages_total', placed)).toBe(4);
    expect(await value('messaging_client_operation_duration_count', placed)).toBe(4);
    expect(await value('messaging_client_consumed_messages_total', authorize)).toBe(4);
    expect(await value('messaging_process_duration_count', authorize, done)).toBe(3);
    expect(await value('messaging_process_duration_count', authorize, 'error_type="TerminalError"')).toBe(1);
    expect(await value('troupe_step_critical_time_count', 'troupe_step="authorize"')).toBe(3);
    expect(await value('troupe_step_critical_time_count', 'troupe_step="reserve"')).toBe(3);
  });

  it('counts a message that broke its contract as a dead letter of the step', async () => {
    const { producer, telemetry } = await run('broken');
    const { connection } = await start({ app: 'foreign', prefix: 'broken' });
    const client = await connection.connected();
    client.publish('broken.evt.order.placed.v1.0', 'not even JSON');
    await producer.send(OrderPlaced, { orderId: '7' });
    await vi.waitFor(async () => {
      const text = await telemetry.metricsText();
      expect(text).toMatch(/^troupe_step_dead_letters_total\{.*troupe_step="authorize".*\} 1$/m);
      expect(text).toMatch(/error_type="ContractViolationError"/);
    }, 20_000);
  });

  it('counts nothing when it is disabled', async () => {
    const telemetry = new Telemetry({ ...SETTINGS, metrics: false }, undefined, { lines: new Lines() });
    onTestFinished(() => telemetry.shutdown());
    expect(await telemetry.metricsText()).toBeUndefined();
  });
});
