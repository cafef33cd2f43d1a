import { flag, httpUrl, type Kind, oneOf, pairs, ratio, type Table, text } from '@troupe/settings';

/** Least severe first. */
export const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** By OpenTelemetry's names. */
export const SAMPLERS = [
  'always_on',
  'always_off',
  'traceidratio',
  'parentbased_always_on',
  'parentbased_always_off',
  'parentbased_traceidratio',
] as const;

/** A grpc port would take our requests for garbage, and nobody would see a span. */
const protocol: Kind<string> = oneOf('http/json', 'http/protobuf');

/** What the telemetry of every app reads. */
export const TELEMETRY_VARIABLES = {
  level: {
    name: 'LOG_LEVEL',
    kind: oneOf(...LEVELS),
    meaning: 'least severe level that is written',
    default: 'info',
  },
  format: {
    name: 'LOG_FORMAT',
    kind: oneOf('json', 'pretty'),
    meaning: 'one object a line, or for a person',
    unset: '`pretty` in a terminal, else `json`',
  },
  endpoint: {
    name: 'OTEL_EXPORTER_OTLP_ENDPOINT',
    kind: httpUrl,
    meaning: 'base URL of a collector that takes OTLP over HTTP',
    unset: 'none: no spans are made',
  },
  tracesEndpoint: {
    name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    kind: httpUrl,
    meaning: 'full URL for spans, before the one above',
    unset: 'none',
  },
  protocol: {
    name: 'OTEL_EXPORTER_OTLP_PROTOCOL',
    kind: protocol,
    meaning: 'collectors take both at one port; JSON is what is sent',
    unset: '`http/json`',
  },
  tracesProtocol: {
    name: 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL',
    kind: protocol,
    meaning: 'the same for spans',
    unset: '`http/json`',
  },
  sampler: {
    name: 'OTEL_TRACES_SAMPLER',
    kind: oneOf(...SAMPLERS),
    meaning: "sampler, by OpenTelemetry's names",
    default: 'parentbased_always_on',
  },
  ratio: {
    name: 'OTEL_TRACES_SAMPLER_ARG',
    kind: ratio,
    meaning: 'share of traces that a `traceidratio` sampler keeps',
    default: 1,
  },
  serviceName: {
    name: 'OTEL_SERVICE_NAME',
    kind: text,
    meaning: 'name of the service',
    unset: "from the app's package.json",
  },
  resourceAttributes: {
    name: 'OTEL_RESOURCE_ATTRIBUTES',
    kind: pairs,
    meaning: 'more about the service',
    unset: 'none',
  },
  disabled: {
    name: 'OTEL_SDK_DISABLED',
    kind: flag,
    meaning: '`true` turns traces and metrics off',
    default: false,
  },
} as const satisfies Table;
