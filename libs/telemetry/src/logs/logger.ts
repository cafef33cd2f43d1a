import { trace } from '@opentelemetry/api';
import { type DestinationStream, type Logger, pino, stdSerializers } from 'pino';
import pretty from 'pino-pretty';
import { currentProcessing } from '../processing.ts';
import type { LogSettings } from '../settings/settings.ts';

/**
 * One line per entry: JSON with `level`, `time` (RFC 3339), `service`, `message`, and `err` for an error; or text
 * for a person. What is written inside a handler names its flow, event, step and trace.
 *
 * @param destination written synchronously, so that nothing is lost when the process ends. Default: standard output
 */
export function createLogger(
  { level, format }: LogSettings,
  service: string,
  destination: DestinationStream = pino.destination({ dest: 1, sync: true }),
): Logger {
  return pino(
    {
      level,
      messageKey: 'message',
      base: { service },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: stdSerializers.err },
      mixin: whereabouts,
    },
    format === 'json' ? destination : prettyLines(destination),
  );
}

/** Fields that a line gives itself outrank these. */
function whereabouts(): object {
  const processing = currentProcessing();
  const span = trace.getActiveSpan()?.spanContext();
  const message = processing?.message;
  const traceId = span?.traceId ?? message?.traceparent?.split('-', 2)[1];
  return {
    ...(message !== undefined && { flow_id: message.flowId, event_id: message.id }),
    ...(processing !== undefined && { step: processing.step.name }),
    ...(traceId !== undefined && { trace_id: traceId }),
    ...(span !== undefined && { span_id: span.spanId }),
  };
}

/** Not pino-pretty's stream, which is asynchronous inside: the lines before a crash are those that matter. */
function prettyLines(destination: DestinationStream): DestinationStream {
  const format = pretty.prettyFactory({
    colorize: pretty.isColorSupported,
    messageKey: 'message',
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'service',
    singleLine: true,
  });
  return { write: (line) => destination.write(format(line)) };
}
