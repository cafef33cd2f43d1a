import { TelemetrySettingError } from '../errors.ts';
import { Environment } from './environment.ts';

/** All that the environment says about telemetry. */
export interface Settings {
  readonly log: LogSettings;
  /** Undefined when nothing is to be traced. */
  readonly traces: TraceSettings | undefined;
  /** False when OTEL_SDK_DISABLED is true. */
  readonly metrics: boolean;
  readonly serviceName: string | undefined;
  readonly resourceAttributes: Readonly<Record<string, string>>;
}

/** How much is logged, and in which form. */
export interface LogSettings {
  readonly level: LogLevel;
  readonly format: 'json' | 'pretty';
}

/** Where spans go, and which. */
export interface TraceSettings {
  /** Full URL to post OTLP to. */
  readonly url: string;
  readonly sampler: SamplerName;
  /** For the `traceidratio` samplers, 0 to 1. */
  readonly ratio: number;
}

export type LogLevel = (typeof LEVELS)[number];
export type SamplerName = (typeof SAMPLERS)[number];

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;
const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/**
 * Reads and checks the variables of docs/guides/telemetry.md.
 *
 * @param terminal whether a person reads the standard output
 * @throws TelemetrySettingError naming every variable whose value is not allowed
 */
export function readSettings(
  variables: Readonly<Record<string, string | undefined>>,
  terminal: boolean,
): Settings {
  const environment = new Environment(variables);
  const disabled = environment.flag('OTEL_SDK_DISABLED') ?? false;
  const traces = readTraces(environment);
  const settings: Settings = {
    log: {
      level: environment.oneOf('LOG_LEVEL', LEVELS) ?? 'info',
      format: environment.oneOf('LOG_FORMAT', ['json', 'pretty']) ?? (terminal ? 'pretty' : 'json'),
    },
    traces: disabled ? undefined : traces,
    metrics: !disabled,
    serviceName: environment.text('OTEL_SERVICE_NAME'),
    resourceAttributes: environment.pairs('OTEL_RESOURCE_ATTRIBUTES'),
  };
  if (environment.problems.length > 0) {
    throw new TelemetrySettingError(environment.problems);
  }
  return settings;
}

function readTraces(environment: Environment): TraceSettings | undefined {
  const general = environment.httpUrl('OTEL_EXPORTER_OTLP_ENDPOINT');
  const url = environment.httpUrl('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ?? (general && tracesUnder(general));
  const sampler = environment.oneOf('OTEL_TRACES_SAMPLER', SAMPLERS) ?? 'parentbased_always_on';
  const ratio = sampler.endsWith('traceidratio') ? environment.ratio('OTEL_TRACES_SAMPLER_ARG') : undefined;
  // A grpc port would take our requests for garbage, and nobody would see a span.
  environment.oneOf('OTEL_EXPORTER_OTLP_PROTOCOL', ['http/json', 'http/protobuf']);
  environment.oneOf('OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', ['http/json', 'http/protobuf']);
  return url === undefined ? undefined : { url, sampler, ratio: ratio ?? 1 };
}

/** The general endpoint is a base; the one for traces is used as it is. */
function tracesUnder(base: string): string {
  return `${base}${base.endsWith('/') ? '' : '/'}v1/traces`;
}
