import { SettingError } from '@troupe/settings';
import { describe, expect, it } from 'vitest';
import { readSettings } from './settings.ts';

function problemsOf(variables: Record<string, string>): readonly string[] {
  try {
    readSettings(variables, false);
    return [];
  } catch (error) {
    if (error instanceof SettingError) return error.problems;
    throw error;
  }
}

describe('readSettings', () => {
  it('logs at info, counts, and traces nothing by default', () => {
    expect(readSettings({}, false)).toEqual({
      log: { level: 'info', format: 'json' },
      traces: undefined,
      metrics: true,
      serviceName: undefined,
      resourceAttributes: {},
    });
  });

  it('writes for a person in a terminal, unless told otherwise', () => {
    expect(readSettings({}, true).log.format).toBe('pretty');
    expect(readSettings({ LOG_FORMAT: 'json' }, true).log.format).toBe('json');
    expect(readSettings({ LOG_FORMAT: 'pretty', LOG_LEVEL: 'debug' }, false).log).toEqual({
      level: 'debug',
      format: 'pretty',
    });
  });

  it.each([
    ['http://collector:4318', 'http://collector:4318/v1/traces'],
    ['http://collector:4318/', 'http://collector:4318/v1/traces'],
    ['https://collector/otlp', 'https://collector/otlp/v1/traces'],
  ])('posts traces below the endpoint %s', (endpoint, url) => {
    expect(readSettings({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, false).traces).toEqual({
      url,
      sampler: 'parentbased_always_on',
      ratio: 1,
    });
  });

  it('takes the endpoint for traces as it is, before the general one', () => {
    const variables = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://jaeger:4318/spans',
    };
    expect(readSettings(variables, false).traces?.url).toBe('http://jaeger:4318/spans');
  });

  it('reads the sampler and its share', () => {
    const variables = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318',
      OTEL_TRACES_SAMPLER: 'traceidratio',
      OTEL_TRACES_SAMPLER_ARG: '0.25',
    };
    expect(readSettings(variables, false).traces).toMatchObject({ sampler: 'traceidratio', ratio: 0.25 });
  });

  it('turns traces and metrics off, not logs, when the SDK is disabled', () => {
    const variables = { OTEL_SDK_DISABLED: 'TRUE', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' };
    expect(readSettings(variables, false)).toMatchObject({
      traces: undefined,
      metrics: false,
      log: { level: 'info' },
    });
  });

  it('reads resource attributes, percent-encoded', () => {
    const variables = {
      OTEL_SERVICE_NAME: 'payments',
      OTEL_RESOURCE_ATTRIBUTES: 'deployment.environment.name=staging, team = pay%2Cments ,',
    };
    expect(readSettings(variables, false)).toMatchObject({
      serviceName: 'payments',
      resourceAttributes: { 'deployment.environment.name': 'staging', team: 'pay,ments' },
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(readSettings({ LOG_LEVEL: '', OTEL_SDK_DISABLED: ' ' }, false)).toEqual(readSettings({}, false));
  });

  it.each([
    ['LOG_LEVEL', 'loud', 'one of trace, debug, info, warn, error, fatal, silent'],
    ['LOG_FORMAT', 'xml', 'one of json, pretty'],
    ['OTEL_SDK_DISABLED', 'yes', 'true or false'],
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'collector:4317', 'an http:// or https:// URL'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc', 'one of http/json, http/protobuf'],
    ['OTEL_TRACES_SAMPLER', 'some', 'one of always_on'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'a=b=c', 'key=value pairs'],
  ])('refuses %s=%s and says what is allowed', (name, value, allowed) => {
    expect(problemsOf({ [name]: value })).toEqual([
      expect.stringContaining(`${name} is "${value}", but must be ${allowed}`),
    ]);
  });

  it.each(['2', '-0.1', 'half'])('refuses the share %s of traces', (share) => {
    expect(problemsOf({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: share })).toHaveLength(
      1,
    );
  });

  it('names all that is wrong at once', () => {
    expect(problemsOf({ LOG_LEVEL: 'loud', LOG_FORMAT: 'xml', OTEL_SDK_DISABLED: 'maybe' })).toHaveLength(3);
  });
});
