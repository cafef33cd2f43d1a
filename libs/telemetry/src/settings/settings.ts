import { type Environment, readVariables, type Values } from '@troupe/settings';
import { type LEVELS, type SAMPLERS, TELEMETRY_VARIABLES } from './variables.ts';

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

/**
 * Reads and checks the variables of docs/guides/telemetry.md.
 *
 * @param terminal whether a person reads the standard output
 * @throws SettingError naming every variable whose value is not allowed
 */
export function readSettings(environment: Environment, terminal: boolean): Settings {
  const variables = readVariables(TELEMETRY_VARIABLES, environment);
  const { level, format = terminal ? 'pretty' : 'json', disabled, serviceName } = variables;
  return {
    log: { level, format },
    traces: disabled ? undefined : tracesOf(variables),
    metrics: !disabled,
    serviceName,
    resourceAttributes: variables.resourceAttributes ?? {},
  };
}

function tracesOf(variables: Values<typeof TELEMETRY_VARIABLES>): TraceSettings | undefined {
  const { endpoint, tracesEndpoint, sampler, ratio } = variables;
  const url = tracesEndpoint ?? (endpoint && tracesUnder(endpoint));
  if (url === undefined) return undefined;
  return { url, sampler, ratio: sampler.endsWith('traceidratio') ? ratio : 1 };
}

/** The general endpoint is a base; the one for traces is used as it is. */
function tracesUnder(base: string): string {
  return `${base}${base.endsWith('/') ? '' : '/'}v1/traces`;
}
