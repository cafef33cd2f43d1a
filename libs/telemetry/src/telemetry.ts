import { DiagLogLevel, diag, metrics, type Tracer } from '@opentelemetry/api';
import type { NodeTracerProvider, SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import {
  type Instrumentation,
  registerInstrumentation,
  registerLogger,
  type Service,
} from '@troupe/jetstream';
import type { DestinationStream, Logger } from 'pino';
import { SCOPE } from './conventions.ts';
import { MessageInstrumentation } from './instrumentation.ts';
import { createLogger } from './logs/logger.ts';
import type { Measured } from './metrics/measured.ts';
import { Meters } from './metrics/meters.ts';
import { PrometheusText } from './metrics/prometheus.ts';
import { resourceOf } from './settings/resource.ts';
import type { Settings } from './settings/settings.ts';
import { tracerProvider } from './traces/provider.ts';
import { MessageSpans } from './traces/spans.ts';

/** How long spans may take to leave when the app stops, in ms: a collector that is away must not hold it up. */
const FLUSH_MS = 3_000;

/** Where telemetry goes when not to the standard output and an OTLP endpoint. */
export interface Outlets {
  readonly lines?: DestinationStream;
  readonly spans?: SpanProcessor;
}

/** The logs, metrics and traces of one process. */
export class Telemetry {
  readonly logger: Logger;
  readonly instrumentation: Instrumentation;
  /** For spans of the platform; undefined when nothing is traced. */
  readonly tracer: Tracer | undefined;
  readonly #tracerProvider: NodeTracerProvider | undefined;
  readonly #meters: Meters | undefined;
  readonly #prometheus: PrometheusText | undefined;
  #stopped: Promise<void> | undefined;

  constructor(settings: Settings, service: Service | undefined, outlets: Outlets = {}) {
    const resource = resourceOf(settings, service);
    this.logger = createLogger(settings.log, String(resource.attributes[ATTR_SERVICE_NAME]), outlets.lines);
    const meters = settings.metrics ? new Meters() : undefined;
    this.#meters = meters;
    this.#prometheus = meters && new PrometheusText(meters, resource);
    this.#tracerProvider = settings.traces && tracerProvider(settings.traces, resource, outlets.spans);
    this.tracer = this.#tracerProvider?.getTracer(SCOPE);
    this.instrumentation = new MessageInstrumentation(meters, this.tracer && new MessageSpans(this.tracer));
  }

  /** Makes every runtime that starts from now on report here, and what the app does through OpenTelemetry's API. */
  register(): void {
    diag.setLogger(diagnostics(this.logger), {
      logLevel: DiagLogLevel.WARN,
      suppressOverrideMessage: true,
    });
    this.#tracerProvider?.register();
    if (this.#prometheus !== undefined) metrics.setGlobalMeterProvider(this.#prometheus.meterProvider);
    registerLogger(this.logger);
    registerInstrumentation(this.instrumentation);
  }

  /** Shows what is read whenever metrics are asked for, until the returned function is called. */
  measure(read: () => readonly Measured[]): () => void {
    return this.#meters?.measure(read) ?? (() => {});
  }

  /** Text exposition format 0.0.4 for Prometheus; undefined when metrics are off. */
  async metricsText(): Promise<string | undefined> {
    return this.#prometheus?.text();
  }

  /** Sends what spans are left, within 3 s. May be called twice; never rejects. */
  shutdown(): Promise<void> {
    this.#stopped ??= this.#shutdown();
    return this.#stopped;
  }

  async #shutdown(): Promise<void> {
    if (this.#tracerProvider === undefined) return;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`The collector did not take them in ${FLUSH_MS} ms.`)),
        FLUSH_MS,
      );
    });
    try {
      await Promise.race([this.#tracerProvider.shutdown(), late]);
    } catch (error) {
      this.logger.warn({ err: error }, 'the last spans may be lost');
    } finally {
      clearTimeout(timer);
    }
  }
}

/** What OpenTelemetry says of itself: mostly that a collector does not take its spans. */
function diagnostics(logger: Logger): Parameters<typeof diag.setLogger>[0] {
  const log = logger.child({ component: 'opentelemetry' });
  return {
    error: (message) => log.warn({}, message),
    warn: (message) => log.warn({}, message),
    info: (message) => log.debug({}, message),
    debug: (message) => log.trace({}, message),
    verbose: (message) => log.trace({}, message),
  };
}
