import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  DataPointType,
  type Histogram,
  InMemoryMetricExporter,
  MeterProvider,
  type MetricData,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { StepName } from '@troupe/jetstream';
import { describe, expect, it } from 'vitest';
import { Meters } from './meters.ts';
import { Histogram as OwnHistogram } from './points.ts';
import { PrometheusText } from './prometheus.ts';

const authorize: StepName = { app: 'payments', step: 'authorize', name: 'payments__authorize' };

function message(overrides: { subject?: string; time?: string } = {}) {
  return {
    subject: 'evt.order.placed.v1.3',
    type: 'order.placed.v1',
    id: '1',
    flowId: 'f',
    size: 2,
    ...overrides,
  };
}

function linesOf(text: string, metric: string): string[] {
  return text.split('\n').filter((line) => line.startsWith(metric));
}

describe('Meters', () => {
  const textOf = (meters: Meters) =>
    new PrometheusText(meters, resourceFromAttributes({ 'service.name': 'payments' })).text();

  it('counts what a step was given, and how it ended, under one template for all lanes', async () => {
    const meters = new Meters();
    for (let lane = 0; lane < 4; lane++) {
      meters.process(authorize, message({ subject: `evt.order.placed.v1.${lane}` })).end('done', undefined);
    }
    meters.process(authorize, message()).end('retried', new TypeError('x'));
    meters.process(authorize, message()).end('dead-lettered', new RangeError('x'));
    const text = await textOf(meters);

    const consumed = linesOf(text, 'messaging_client_consumed_messages_total{');
    expect(consumed).toHaveLength(1);
    expect(consumed[0]).toContain('messaging_destination_template="evt.order.placed.v1.{lane}"');
    expect(consumed[0]).toContain('messaging_consumer_group_name="payments__authorize"');
    expect(consumed[0]).toMatch(/ 6$/);

    const processed = linesOf(text, 'messaging_process_duration_count');
    expect(processed).toHaveLength(3);
    expect(processed.find((line) => line.includes('troupe_outcome="done"'))).toMatch(/ 4$/);
    expect(processed.find((line) => line.includes('error_type="TypeError"'))).toContain('"retried"');
    expect(processed.find((line) => line.includes('error_type="RangeError"'))).toContain('"dead-lettered"');
    expect(linesOf(text, 'troupe_step_retries_total{')[0]).toMatch(/ 1$/);
    expect(linesOf(text, 'troupe_step_dead_letters_total{')[0]).toMatch(/ 1$/);
  });

  it('shows dead letters and retries at 0 before there are any, so that an increase can be seen', async () => {
    const meters = new Meters();
    meters.process(authorize, message()).end('done', undefined);
    const text = await textOf(meters);
    expect(linesOf(text, 'troupe_step_dead_letters_total{')[0]).toMatch(/ 0$/);
    expect(linesOf(text, 'troupe_step_retries_total{')[0]).toMatch(/ 0$/);
  });

  it('takes the critical time of what is done, from the time of the event', async () => {
    const meters = new Meters();
    const minuteAgo = new Date(Date.now() - 60_000).toISOString();
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    for (const time of [minuteAgo, tomorrow, 'yesterday'])
      meters.process(authorize, message({ time })).end('done', undefined);
    meters.process(authorize, message()).end('done', undefined);
    meters.process(authorize, message({ time: minuteAgo })).end('retried', new Error('x'));
    const text = await textOf(meters);

    expect(linesOf(text, 'troupe_step_critical_time_count{')[0]).toMatch(/ 2$/);
    const sum = Number(linesOf(text, 'troupe_step_critical_time_sum{')[0]?.split(' ').at(-1));
    expect(sum).toBeGreaterThanOrEqual(60);
    expect(sum).toBeLessThan(120);
  });

  it('counts what was sent, failures by their error', async () => {
    const meters = new Meters();
    meters.send('evt.order.placed.v1.1').ended(performance.now(), undefined);
    meters.send('evt.order.placed.v1.2').ended(performance.now(), undefined);
    meters.send('evt.order.placed.v1.2').ended(performance.now(), new TypeError('x'));
    const text = await textOf(meters);

    const sent = linesOf(text, 'messaging_client_sent_messages_total{');
    expect(sent).toHaveLength(2);
    expect(sent.find((line) => !line.includes('error_type'))).toMatch(/ 2$/);
    expect(sent.find((line) => line.includes('error_type="TypeError"'))).toMatch(/ 1$/);
    expect(linesOf(text, 'messaging_client_operation_duration_count{')).toHaveLength(2);
  });

  it('stays small when a sender makes up subjects', async () => {
    const meters = new Meters();
    for (let lane = 0; lane < 25_000; lane++) {
      meters.process(authorize, message({ subject: `evt.order.placed.v1.${lane}` })).end('done', undefined);
    }
    const consumed = linesOf(await textOf(meters), 'messaging_client_consumed_messages_total{');
    expect(consumed).toHaveLength(1);
    expect(consumed[0]).toMatch(/ 25000$/);
  });

  it('shows what is measured when it is asked, what is gone no more, and nothing once that ended', async () => {
    const meters = new Meters();
    let waiting = [{ value: 3, attributes: { 'troupe.step': 'authorize' } }];
    const end = meters.measure(() => [
      { name: 'troupe.step.waiting', description: 'x', unit: '{message}', kind: 'gauge', points: waiting },
      { name: 'shop.visits', description: 'x', kind: 'counter', points: [{ value: 2.5, attributes: {} }] },
    ]);
    const shown = await textOf(meters);
    expect(linesOf(shown, 'troupe_step_waiting{')[0]).toMatch(/troupe_step="authorize".* 3$/);
    expect(linesOf(shown, 'shop_visits_total{')[0]).toMatch(/ 2.5$/);
    waiting = [];
    expect(linesOf(await textOf(meters), 'troupe_step_waiting{')).toEqual([]);
    end();
    expect(linesOf(await textOf(meters), 'shop_visits_total{')).toEqual([]);
  });

  it("shows the app's own instruments too", async () => {
    const prometheus = new PrometheusText(new Meters(), resourceFromAttributes({}));
    prometheus.meterProvider.getMeter('shop').createCounter('orders').add(3);
    expect(linesOf(await prometheus.text(), 'orders_total{')[0]).toMatch(/ 3$/);
  });
});

describe('Histogram', () => {
  it("counts as the SDK's own does", async () => {
    const boundaries = [0.001, 0.01, 0.1, 1];
    const values = [0, 0.0005, 0.001, 0.0011, 0.01, 0.05, 0.1, 0.5, 1, 1.0001, 50];
    const exporter = new InMemoryMetricExporter(1);
    const reader = new PeriodicExportingMetricReader({ exporter, exportIntervalMillis: 1_000_000 });
    const provider = new MeterProvider({ readers: [reader] });
    const theirs = provider
      .getMeter('x')
      .createHistogram('x', { advice: { explicitBucketBoundaries: boundaries } });
    const ours = new OwnHistogram({}, boundaries);
    for (const value of values) {
      theirs.record(value);
      ours.record(value);
    }
    await reader.forceFlush();
    const { buckets, sum, count } = histogramOf(exporter.getMetrics()[0]?.scopeMetrics[0]?.metrics[0]);
    await provider.shutdown();

    expect(ours.counts).toEqual(buckets.counts);
    expect(ours).toMatchObject({ sum, count });
  });
});

function histogramOf(metric: MetricData | undefined): Histogram {
  if (metric?.dataPointType !== DataPointType.HISTOGRAM) throw new Error('no histogram was exported');
  const [point] = metric.dataPoints;
  if (point === undefined) throw new Error('the histogram is empty');
  return point.value;
}
