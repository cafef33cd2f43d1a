import { PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import type { Resource } from '@opentelemetry/resources';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import { SCOPE } from '../conventions.ts';
import type { Meters } from './meters.ts';

/** What this process counts, as text for Prometheus: the platform's meters, and those that the app makes. */
export class PrometheusText {
  /** For the app's own instruments. */
  readonly meterProvider: MeterProvider;
  readonly #reader: MetricReader;
  readonly #serializer = new PrometheusSerializer();

  constructor(meters: Meters, resource: Resource) {
    const produce = async () => ({
      resourceMetrics: {
        resource,
        scopeMetrics: [{ scope: { name: SCOPE }, metrics: meters.collect() }],
      },
      errors: [],
    });
    this.#reader = new ScrapedReader({ metricProducers: [{ collect: produce }] });
    this.meterProvider = new MeterProvider({ resource, readers: [this.#reader] });
  }

  /** Text exposition format 0.0.4. */
  async text(): Promise<string> {
    const { resourceMetrics } = await this.#reader.collect();
    return this.#serializer.serialize(resourceMetrics);
  }
}

/** Pushes nothing: it is read when somebody asks. */
class ScrapedReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}
  protected override async onShutdown(): Promise<void> {}
}
